using System.Globalization;
using Rally.Webhooks.Deliveries;

namespace Rally.Webhooks.Streams;

/// <summary>How far a reader has come, as the id of an event says it: the one place that knows what ids look like.</summary>
internal static class EventCursor
{
    /// <summary>
    /// "7.2" is after the log's place 7 and the outbox's change 2, "7.2.1" after the first event of the place behind it; "7" leaves the
    /// changes to be looked up.
    /// </summary>
    public static string Text(Cursor cursor) => cursor.Step == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{cursor.Position}.{cursor.Change}")
        : string.Create(CultureInfo.InvariantCulture, $"{cursor.Position}.{cursor.Change}.{cursor.Step}");

    /// <summary>What a client sends back as <c>Last-Event-ID</c>, or in the address as <c>after</c>.</summary>
    /// <param name="id">As it was sent.</param>
    /// <param name="position">The log's place.</param>
    /// <param name="change">The outbox's change; null when it is not named.</param>
    /// <param name="step">The events of the next place.</param>
    public static bool TryParse(string? id, out long position, out long? change, out long step)
    {
        (position, change, step) = (0, null, 0);
        var numbers = new List<long>(3);
        foreach (var part in (id ?? "").Split('.', 4))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return false;
            numbers.Add(number);
        }

        if (numbers.Count > 3)
            return false;
        (position, change, step) = (numbers[0], numbers.Count > 1 ? numbers[1] : null, numbers.ElementAtOrDefault(2));
        return true;
    }
}
