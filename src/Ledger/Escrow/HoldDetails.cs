using System.Globalization;
using System.Text.Json;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Escrow;

/// <summary>What an entry of a hold says beside the amount, in the log's details.</summary>
internal static class HoldDetails
{
    /// <summary>Of the entry that makes the hold.</summary>
    public static string Opens(Guid receiver, DateTimeOffset expiresAt, SenderChoice choice = default) => string.Create(
        CultureInfo.InvariantCulture, $$"""{{{choice.FirstMember}}"receiver":"{{receiver:D}}","expiresAt":{{expiresAt.ToUnixTimeMilliseconds()}}}""");

    /// <summary>Of an entry that resolves it.</summary>
    public static string Resolves(Guid hold) => $$"""{"hold":"{{hold:D}}"}""";

    /// <param name="order">Of the kind <see cref="TransferKind.Hold"/>.</param>
    public static Guid ReceiverOf(TransferOrder order) => ReceiverOf(order.Details!);

    public static Guid ReceiverOf(string details) => Read(details, read => read.GetProperty("receiver").GetGuid());

    /// <param name="order">Of the kind <see cref="TransferKind.Hold"/>.</param>
    public static DateTimeOffset ExpiryOf(TransferOrder order) => ExpiryOf(order.Details!);

    public static DateTimeOffset ExpiryOf(string details) =>
        Read(details, read => DateTimeOffset.FromUnixTimeMilliseconds(read.GetProperty("expiresAt").GetInt64()));

    /// <param name="order">Of a kind that resolves a hold.</param>
    public static Guid HoldOf(TransferOrder order) => HoldOf(order.Details!);

    public static Guid HoldOf(string details) => Read(details, read => read.GetProperty("hold").GetGuid());

    private static T Read<T>(string text, Func<JsonElement, T> value)
    {
        using var details = JsonDocument.Parse(text);
        return value(details.RootElement);
    }
}
