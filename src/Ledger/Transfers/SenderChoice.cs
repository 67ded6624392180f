using System.Text.Json;

namespace Rally.Ledger.Transfers;

/// <summary>
/// What a sender lets apps be told that the coin's creator has approved; by itself nothing. It stands in the entry's details, which
/// are public, so that it is as durable as the transfer and part of it.
/// </summary>
/// <param name="ShowsUserName">Who sent it, by name.</param>
/// <param name="ShowsMemo">The note and the reference.</param>
internal readonly record struct SenderChoice(bool ShowsUserName, bool ShowsMemo)
{
    private const string Member = "shows";
    private const string UserName = "username";
    private const string Memo = "memo";

    /// <summary>As the only detail of an entry; null where nothing is shown.</summary>
    public string? Details => this == default ? null : $"{{{AsMember}}}";

    /// <summary>As one of several details, to be put before them; empty where nothing is shown.</summary>
    public string FirstMember => this == default ? "" : AsMember + ",";

    private string AsMember => (ShowsUserName, ShowsMemo) switch
    {
        (true, true) => $"\"{Member}\":[\"{UserName}\",\"{Memo}\"]",
        (true, false) => $"\"{Member}\":[\"{UserName}\"]",
        _ => $"\"{Member}\":[\"{Memo}\"]",
    };

    /// <param name="details">Of any entry.</param>
    public static SenderChoice Of(string? details)
    {
        if (details is null || !details.Contains($"\"{Member}\"", StringComparison.Ordinal))
            return default;
        using var json = JsonDocument.Parse(details);
        if (!json.RootElement.TryGetProperty(Member, out var shows))
            return default;
        var shown = shows.EnumerateArray().Select(one => one.GetString()).ToList();
        return new(shown.Contains(UserName), shown.Contains(Memo));
    }
}
