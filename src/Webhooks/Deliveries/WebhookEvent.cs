using System.Text.Json;
using Rally.Ledger.Journal;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// One place of the log as it is sent. The body is made from the log alone, so every attempt, and every endpoint,
/// gets the same bytes.
/// </summary>
internal sealed class WebhookEvent
{
    public const string TransferPosted = "transfer.posted";

    /// <summary>Sent only when the owner asks for it.</summary>
    public const string Test = "test";

    private readonly Lazy<byte[]> _body;

    public WebhookEvent(TransferPosted transfer)
    {
        Position = transfer.Position;
        Coin = transfer.Coin;
        _body = new(() => JsonSerializer.SerializeToUtf8Bytes(BodyOf(transfer), JsonSerializerOptions.Web));
    }

    /// <summary>Every type there is.</summary>
    public static IReadOnlyList<string> Types { get; } = [TransferPosted];

    public long Position { get; }

    public string Coin { get; }

    public byte[] Body => _body.Value;

    /// <summary>As it is sent to one endpoint: the same on every attempt, after a restart too.</summary>
    public Message MessageFor(Guid endpointId) => new($"msg_{endpointId:N}_{Position}", TransferPosted, Position, Body);

    // Without the note: it is between the two, and an endpoint hears of everybody's transfers.
    private static Envelope BodyOf(TransferPosted transfer) => new(TransferPosted, transfer.PostedAt, new(
        transfer.Position, transfer.Id, transfer.Coin, transfer.Kind, transfer.DebitHolder, transfer.CreditHolder,
        transfer.Amount.ToString(), transfer.PostedAt));

    private sealed record Envelope(string Type, DateTimeOffset Timestamp, Data Data);

    private sealed record Data(
        long Position, Guid Id, string Coin, string Kind, Guid? From, Guid? To, string Amount, DateTimeOffset PostedAt);
}
