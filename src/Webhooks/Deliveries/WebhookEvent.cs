using System.Diagnostics;
using Rally.Ledger.Events;
using Rally.Ledger.Journal;
using Rally.Storage.Changes;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// One event at a place of the log, or a change from the outbox. These alone tell what is public of it: every attempt, and every
/// endpoint, gets the same.
/// </summary>
internal sealed class WebhookEvent
{
    private readonly Lazy<byte[]> _body;

    private WebhookEvent(TransferPosted entry, CoinEvent? happened, int step, bool isLast)
    {
        (Entry, Happened, Step, IsLast, Position) = (entry, happened, step, isLast, entry.Position);
        Type = happened is null ? EventType.TransferPosted : TypeOf(happened);
        Coins = happened?.Coins ?? [entry.Coin];
        _body = new(() => happened is null ? StandardFormat.BodyOf(entry) : StandardFormat.BodyOf(happened, entry, Told.Nothing));
    }

    public WebhookEvent(Change change)
    {
        (Change, Position, Type, IsLast) = (change, change.Place, change.Type, true);
        Coins = change.Topic is { } coin ? [coin] : [];
        _body = new(() => StandardFormat.BodyOf(change));
    }

    /// <summary>Null for a change.</summary>
    public TransferPosted? Entry { get; }

    /// <summary>What the entry stands for; null for the event of the entry as such.</summary>
    public CoinEvent? Happened { get; }

    /// <summary>Null for what is in the log.</summary>
    public Change? Change { get; }

    /// <summary>Its place in the log; of a change, the place that it comes after.</summary>
    public long Position { get; }

    /// <summary>See <see cref="EventType"/>.</summary>
    public string Type { get; }

    /// <summary>The coins it is of; none for what is of no coin.</summary>
    public IReadOnlyList<string> Coins { get; }

    /// <summary>How many events of the same place come before it.</summary>
    public int Step { get; }

    /// <summary>No other event of the same place comes after it.</summary>
    public bool IsLast { get; }

    /// <summary>In the standard format, without what is private.</summary>
    public byte[] Body => _body.Value;

    /// <summary>The events of one place: the entry as such and, when it stands for something, that. Always in this order.</summary>
    public static WebhookEvent[] AllOf(TransferPosted entry) => entry.Event is { } happened
        ? [new(entry, null, step: 0, isLast: false), new(entry, happened, step: 1, isLast: true)]
        : [new(entry, null, step: 0, isLast: true)];

    /// <summary>The same on every attempt at one endpoint, after a restart too.</summary>
    public string MessageIdAt(Guid endpointId) => Change is { } change
        ? $"msg_{endpointId:N}_o{change.Number}"
        : Happened is null ? $"msg_{endpointId:N}_{Position}" : $"msg_{endpointId:N}_{Position}_{Type}";

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
