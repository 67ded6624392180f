using System.Globalization;
using System.Text.Json;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Escrow;

/// <summary>What an entry of a hold says beside the amount, in the log's details.</summary>
internal static class HoldDetails
{
    /// <summary>Of the entry that makes the hold.</summary>
    public static string Opens(Guid receiver, DateTimeOffset expiresAt) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"receiver":"{{receiver:D}}","expiresAt":{{expiresAt.ToUnixTimeMilliseconds()}}}""");

    /// <summary>Of an entry that resolves it.</summary>
    public static string Resolves(Guid hold) => $$"""{"hold":"{{hold:D}}"}""";

    /// <param name="order">Of the kind <see cref="TransferKind.Hold"/>.</param>
    public static Guid ReceiverOf(TransferOrder order) => Read(order, details => details.GetProperty("receiver").GetGuid());

    /// <param name="order">Of the kind <see cref="TransferKind.Hold"/>.</param>
    public static DateTimeOffset ExpiryOf(TransferOrder order) =>
        Read(order, details => DateTimeOffset.FromUnixTimeMilliseconds(details.GetProperty("expiresAt").GetInt64()));

    /// <param name="order">Of a kind that resolves a hold.</param>
    public static Guid HoldOf(TransferOrder order) => Read(order, details => details.GetProperty("hold").GetGuid());

    private static T Read<T>(TransferOrder order, Func<JsonElement, T> value)
    {
        using var details = JsonDocument.Parse(order.Details!);
        return value(details.RootElement);
    }
}
