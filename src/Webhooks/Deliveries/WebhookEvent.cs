using System.Diagnostics;
using Rally.Ledger.Events;
using Rally.Ledger.Journal;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// One event at a place of the log. The body is made from the log alone, so every attempt, and every endpoint, gets the same bytes.
/// </summary>
internal sealed class WebhookEvent
{
    private readonly Lazy<byte[]> _body;

    private WebhookEvent(TransferPosted entry, string type, IReadOnlyList<string> coins, int step, bool isLast, Func<byte[]> body) =>
        (Position, Type, Coins, Step, IsLast, _body) = (entry.Position, type, coins, step, isLast, new(body));

    public long Position { get; }

    /// <summary>See <see cref="EventType"/>.</summary>
    public string Type { get; }

    /// <summary>The coins it is of.</summary>
    public IReadOnlyList<string> Coins { get; }

    /// <summary>How many events of the same place come before it.</summary>
    public int Step { get; }

    /// <summary>No other event of the same place comes after it.</summary>
    public bool IsLast { get; }

    public byte[] Body => _body.Value;

    /// <summary>The events of one place: the entry as such and, when it stands for something, that. Always in this order.</summary>
    public static WebhookEvent[] AllOf(TransferPosted entry)
    {
        var posted = new WebhookEvent(
            entry, EventType.TransferPosted, [entry.Coin], step: 0, isLast: entry.Event is null, () => StandardFormat.BodyOf(entry));
        return entry.Event is { } happened
            ? [posted, new(entry, TypeOf(happened), happened.Coins, step: 1, isLast: true, () => StandardFormat.BodyOf(happened, entry))]
            : [posted];
    }

    /// <summary>As it is sent to one endpoint: the same on every attempt, after a restart too.</summary>
    public Message MessageFor(Guid endpointId) => new(
        Type == EventType.TransferPosted ? $"msg_{endpointId:N}_{Position}" : $"msg_{endpointId:N}_{Position}_{Type}", Type, Position, Body);

    private static string TypeOf(CoinEvent happened) => happened switch
    {
        CoinEvent.Purchase => EventType.Purchase,
        CoinEvent.Redemption => EventType.Redemption,
        CoinEvent.Conversion => EventType.Convert,
        CoinEvent.Sent { IsDonation: true } => EventType.Donation,
        CoinEvent.Sent => EventType.Transfer,
        _ => throw new UnreachableException($"{happened}"),
    };
}
