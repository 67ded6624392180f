using Rally.Ledger.Journal;
using Rally.Storage.Changes;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Events;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Streams;

/// <summary>Where a stream of events begins and what it is of, by the same rules as an endpoint.</summary>
internal sealed class BeginStream(ITransferFeed feed, Outbox outbox)
{
    /// <param name="types">With commas between; null for all.</param>
    /// <param name="coins">Symbols with commas between; null for all.</param>
    /// <param name="after">The id of the last event that the reader has; null for what comes from now on.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What was asked for, or what is wrong with it.</returns>
    public async Task<(EventFilter Filter, Cursor Cursor, string? Wrong)> ExecuteAsync(string? types, string? coins, string? after, CancellationToken stop)
    {
        var (named, symbols) = (Split(types), Split(coins));
        var wrong = (named is null ? null : EndpointRules.WrongEvents(named, EventFormat.Standard)) ?? EndpointRules.WrongCoins(symbols);
        var filter = new EventFilter(named, EndpointRules.JoinCoins(symbols)?.Split(' '));
        // Before the log, so that no change is left out that comes after its place.
        var lastChange = await outbox.LastAsync(stop);
        var end = new Cursor(await feed.LastPositionAsync(stop), lastChange, Step: 0);
        if (after is null)
            return (filter, end, wrong);
        if (!EventCursor.TryParse(after, out var position, out var change, out var step) || position > end.Position || change > await outbox.LastAsync(stop)
            || (position == end.Position && step > 0))
            return (filter, end, wrong ?? $"Last-Event-ID, or after, must be the id of an event; the last one is {EventCursor.Text(end)}.");
        return (filter, new(position, change ?? await outbox.LastBeforeAsync(position, stop), step), wrong);
    }

    private static string[]? Split(string? list) => list?.Split(',', StringSplitOptions.TrimEntries);
}
