using System.Collections.Concurrent;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Prices;
using Rally.Ledger.Trades;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Events;

/// <summary>
/// Tells what entries of the log are the events of. A trade is one event, at the coin's own entry; a conversion at that of the coin
/// given; of linked transfers each is one. The other entries are of no event.
/// </summary>
internal sealed class ReadEvents(ReadCoins coins, FindTransfer transfers, FindPrice prices, RecordedRates rates)
{
    // What a coin's creator, curve and terms are never changes.
    private readonly ConcurrentDictionary<string, Coin> _coins = new();

    /// <param name="entries">In order, with all entries of the trades among those that count.</param>
    /// <param name="first">The first position that counts.</param>
    /// <param name="last">The last one.</param>
    /// <param name="stop">Ends the look-ups.</param>
    /// <returns>By position.</returns>
    public async Task<IReadOnlyDictionary<long, CoinEvent>> ExecuteAsync(IReadOnlyList<JournalEntry> entries, long first, long last, CancellationToken stop)
    {
        var found = entries.Where(entry => entry.Position >= first && entry.Position <= last && MayBeOne(entry)).ToList();
        foreach (var symbol in found.Select(entry => entry.Order.Coin).Distinct())
            await CoinAsync(symbol, stop).ConfigureAwait(false);
        var rateAt = await rates.AtAsync(
            found.Where(entry => IsPriced(_coins[entry.Order.Coin])).Select(entry => entry.Position), stop).ConfigureAwait(false);
        var byPosition = entries.ToDictionary(entry => entry.Position);
        var events = new Dictionary<long, CoinEvent>();
        var priceNow = new Dictionary<string, Amount?>();
        foreach (var entry in found)
        {
            var coin = _coins[entry.Order.Coin];
            var rate = rateAt.TryGetValue(entry.Position, out var recorded) ? recorded : (UsdRate?)null;
            if (Trade.Of(entry, coin) is { } trade)
                priceNow[coin.Symbol] = trade.Price;
            else if (!priceNow.ContainsKey(coin.Symbol))
                priceNow[coin.Symbol] = await prices.AtAsync(coin, entry.Position, stop).ConfigureAwait(false);
            var happened = entry.Order.Kind is TransferKind.Buy or TransferKind.Sell
                ? await TradeAsync(entry, coin, byPosition, rate, stop).ConfigureAwait(false)
                : await SentAsync(entry, coin, priceNow[coin.Symbol], rate, stop).ConfigureAwait(false);
            if (happened is not null)
                events.Add(entry.Position, happened);
        }

        return events;
    }

    private static bool MayBeOne(JournalEntry entry) => entry.Order.Kind switch
    {
        TransferKind.Buy or TransferKind.Sell => entry.Order.Coin != CoinSymbol.Rly,
        TransferKind.Transfer or TransferKind.Post => true,
        _ => false,
    };

    private static bool IsPriced(Coin coin) => coin.Curve != CoinCurve.Fixed;

    private async Task<CoinEvent?> TradeAsync(
        JournalEntry entry, Coin coin, Dictionary<long, JournalEntry> all, UsdRate? rate, CancellationToken stop)
    {
        var command = CommandOf(entry, all);
        if (TradeRequest.SideOf(command[0].Order.Details) is not { } side)
            return null;
        var id = command[0].Order.Id;
        var holder = (entry.Order.Debit.Holder ?? entry.Order.Credit.Holder)!.Value;
        if (side != TradeSide.Convert)
        {
            var made = TradeFigures.Of(side, command, coin, null).Main;
            return side == TradeSide.Buy
                ? new CoinEvent.Purchase(id, holder, coin.Symbol, made.Coins, made.Rly, made.PriceAfter, rate?.ToCents(made.Rly))
                : new CoinEvent.Redemption(id, holder, coin.Symbol, made.Coins, made.Rly, made.Fee, made.PriceAfter, rate?.ToCents(made.Rly));
        }

        if (entry.Order.Kind != TransferKind.Sell)
            return null;
        var to = await CoinAsync(command.Single(leg => leg.Order.Kind == TransferKind.Buy && leg.Order.Coin != CoinSymbol.Rly).Order.Coin, stop).ConfigureAwait(false);
        var (sold, bought) = TradeFigures.Of(side, command, coin, to);
        return new CoinEvent.Conversion(
            id, holder, coin.Symbol, sold.Coins, sold.PriceAfter, to.Symbol, bought!.Coins, bought.PriceAfter, sold.Rly, sold.Fee, rate?.ToCents(sold.Rly));
    }

    private async Task<CoinEvent> SentAsync(JournalEntry entry, Coin coin, Amount? price, UsdRate? rate, CancellationToken stop)
    {
        // What was pending is its sender's, who is told by the entry that made it.
        var made = entry.Order.Kind == TransferKind.Post
            ? (await transfers.ExecuteAsync(HoldDetails.HoldOf(entry.Order), stop).ConfigureAwait(false))!.Order
            : entry.Order;
        var choice = SenderChoice.Of(made.Details);
        return new CoinEvent.Sent(
            made.Id, made.Debit.Holder!.Value, entry.Order.Credit.Holder!.Value, coin.Symbol, entry.Order.Amount,
            entry.Order.Credit.Holder == coin.Creator, price,
            price is { } each ? rate?.ToCents(entry.Order.Amount.Share(each.MinorUnits, Amount.PerCoin)) : null,
            new(made.Note, made.Reference, choice.ShowsUserName, choice.ShowsMemo));
    }

    private static List<JournalEntry> CommandOf(JournalEntry entry, Dictionary<long, JournalEntry> all)
    {
        var command = new List<JournalEntry>();
        for (var position = entry.Position - entry.Link; all.TryGetValue(position, out var next) && (command.Count == 0 || next.Link > 0); position++)
            command.Add(next);
        return command;
    }

    private async ValueTask<Coin> CoinAsync(string symbol, CancellationToken stop)
    {
        if (_coins.TryGetValue(symbol, out var known))
            return known;
        var coin = await coins.FindAsync(symbol, stop).ConfigureAwait(false) ?? throw new InvalidOperationException($"The log has {symbol}, the store has not.");
        return _coins[symbol] = coin;
    }
}
