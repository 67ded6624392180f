using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Reports;

/// <summary>A change of somebody's roles, as a reporter tells it.</summary>
/// <param name="Id">The reporter's, and the same whenever it sends the report again.</param>
/// <param name="Told">What is told of it.</param>
internal sealed record TierReport(Guid Id, TierChangedData Told)
{
    /// <summary>Where there are roles.</summary>
    public const string Discord = "discord";

    public const string Gained = "gained";

    public const string Lost = "lost";

    private const int MaxIdLength = 20; // a 64-bit number

    /// <summary>SHA-256 of what is told: two reports with the same are the same.</summary>
    public byte[] Digest() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(Told, JsonSerializerOptions.Web));

    /// <param name="text">As it was sent, each member of it or null.</param>
    /// <returns>The report, or what is wrong with it.</returns>
    public static (TierReport? Report, string? Wrong) Read(ReportTierChanges.Request text)
    {
        if (!Guid.TryParse(text.Id, out var id) || id == Guid.Empty)
            return (null, "id must be a UUID that you make for this report, the same whenever you send it again.");
        if (string.IsNullOrEmpty(text.Coin))
            return (null, "coin must be the symbol of the coin that opens the role.");
        if (!Guid.TryParse(text.Account, out var account) || account == Guid.Empty)
            return (null, "account must be the Rally id of who gained or lost the role.");
        if (text.Platform is not Discord)
            return (null, $"platform must be {Discord}.");
        if (!IsId(text.Place))
            return (null, "place must be the id of the Discord server, in digits.");
        if (!IsId(text.Role))
            return (null, "role must be the id of the role, in digits.");
        if (text.Change is not (Gained or Lost))
            return (null, $"change must be {Gained} or {Lost}.");
        // In UTC unless it says otherwise, and to the millisecond, so that it is the same however it was written.
        if (!DateTimeOffset.TryParse(text.HappenedAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var happenedAt))
            return (null, "happenedAt must be the time of the change, such as 2026-11-21T10:00:00Z.");
        return (new(id, new(
            text.Coin.ToUpperInvariant(), account, text.Platform, text.Place!, text.Role!, text.Change,
            DateTimeOffset.FromUnixTimeMilliseconds(happenedAt.ToUnixTimeMilliseconds()))), null);
    }

    private static bool IsId(string? text) => text is { Length: > 0 and <= MaxIdLength } && text.All(char.IsAsciiDigit);
}
