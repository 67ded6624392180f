using System.Globalization;
using Rally.Auth.Accounts;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>Reads what operators type; each refusal names the argument and shows what fits.</summary>
internal static class VerbArguments
{
    public static Guid RallyId(string name, string text) => Guid.TryParse(text, out var id)
        ? id
        : throw new SettingException($"{name}: '{text}' is not a Rally id. People find theirs on the account page.");

    /// <returns>Null for none.</returns>
    public static Guid? Id(string name, string? text) => text is null ? null : Guid.TryParse(text, out var id)
        ? id
        : throw new SettingException($"{name}: '{text}' is not an id, as it was printed before.");

    /// <summary>Whose account of the embedded network this is: a mistyped id would put coins where nobody can reach them.</summary>
    /// <param name="name">The argument's.</param>
    /// <param name="rallyId">The id.</param>
    /// <param name="app">Hosts the network.</param>
    /// <param name="anyway">Takes an id that nobody has.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>The account in words.</returns>
    public static async Task<string> AccountAsync(string name, Guid rallyId, WebApplication app, bool anyway, CancellationToken stop)
    {
        if (await RallyHost.OfOwnNetwork<FindAccount>(app).ExecuteAsync(rallyId, stop) is { } userName)
            return $"{userName} ({rallyId})";
        return anyway
            ? $"{rallyId} (nobody's account)"
            : throw new SettingException(
                $"{name}: no account here has the Rally id {rallyId}. People find theirs on the account page. Add --anyway to take it all the same.");
    }

    public static Amount Amount(string name, string text) => Ledger.Amounts.Amount.TryParse(text, out var amount)
        ? amount
        : throw new SettingException($"{name}: '{text}' is not an amount, such as 1000000 or 250.5.");

    /// <summary><c>90s</c>, <c>10m</c>, <c>24h</c>, <c>7d</c>.</summary>
    public static TimeSpan Duration(string name, string text)
    {
        var unit = text.Length == 0 ? TimeSpan.Zero : text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        if (unit == TimeSpan.Zero || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw new SettingException($"{name}: '{text}' is not a time, such as 90s, 10m, 24h or 7d.");
        return count <= TimeSpan.MaxValue.Ticks / unit.Ticks
            ? unit * count
            : throw new SettingException($"{name}: '{text}' is too long a time. The longest that any term takes are ten years, 3650d.");
    }

    /// <summary><c>5%</c> or <c>0.25%</c>, as basis points.</summary>
    public static long Share(string name, string text) =>
        text.EndsWith('%') && Ledger.Amounts.Amount.TryParse(text[..^1], out var percent) && percent.MinorUnits % 10_000 == 0
            ? percent.MinorUnits / 10_000
            : throw new SettingException($"{name}: '{text}' is not a share, such as 5% or 0.25%.");

    /// <returns>32 bytes; null for none.</returns>
    public static byte[]? PublicKey(string name, string? text)
    {
        if (text is null)
            return null;
        return text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(text)
            : throw new SettingException($"{name}: '{text}' is not a public key of 64 hexadecimal digits, as /api/authorities shows it.");
    }

    /// <summary><c>HEIGHT:HASH</c>, as <c>/api/blocks</c> shows them.</summary>
    /// <returns>Null for none.</returns>
    public static VerifyLedger.KnownBlock? KnownBlock(string name, string? text)
    {
        if (text is null)
            return null;
        var parts = text.Split(':');
        return parts is [var height, { Length: 64 } hash] && hash.All(char.IsAsciiHexDigit)
            && long.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new(number, Convert.FromHexString(hash))
            : throw new SettingException($"{name}: '{text}' is not a block's height, a colon and its hash of 64 hexadecimal digits, as /api/blocks shows them.");
    }
}
