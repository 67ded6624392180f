using System.Globalization;

namespace Rally.Webhooks.Streams;

/// <summary>How far a reader has come, as the id of an event says it: the one place that knows what ids look like.</summary>
/// <param name="Position">The last place of the log that is dealt with.</param>
internal readonly record struct EventCursor(long Position)
{
    /// <summary>What a client sends back as <c>Last-Event-ID</c>, or in the address as <c>after</c>.</summary>
    public static bool TryParse(string? id, out EventCursor cursor)
    {
        var isOne = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var position);
        cursor = new(position);
        return isOne;
    }

    public override string ToString() => Position.ToString(CultureInfo.InvariantCulture);
}
