using Rally.Ledger.Amounts;

namespace Rally.Ledger.Events;

/// <summary>
/// What somebody did with coins, where the log has it as one entry or several. Amounts are exact; US cents are at the price of RLY
/// recorded at the time, null when there was none or only a stale one.
/// </summary>
/// <param name="Id">The id that whoever did it made.</param>
/// <param name="UsdCents">What it was worth.</param>
public abstract record CoinEvent(Guid Id, long? UsdCents)
{
    /// <summary>The coins it is of.</summary>
    public abstract IReadOnlyList<string> Coins { get; }

    /// <summary>Bought from the curve.</summary>
    /// <param name="Id">Of the trade.</param>
    /// <param name="Account">Who bought.</param>
    /// <param name="Coin">The coin's symbol.</param>
    /// <param name="Amount">Coins bought.</param>
    /// <param name="Rly">Paid.</param>
    /// <param name="Price">RLY for one coin after it.</param>
    /// <param name="UsdCents">What was paid.</param>
    public sealed record Purchase(Guid Id, Guid Account, string Coin, Amount Amount, Amount Rly, Amount Price, long? UsdCents) : CoinEvent(Id, UsdCents)
    {
        /// <inheritdoc/>
        public override IReadOnlyList<string> Coins => [Coin];
    }

    /// <summary>Sold to the curve.</summary>
    /// <param name="Id">Of the trade.</param>
    /// <param name="Account">Who sold.</param>
    /// <param name="Coin">The coin's symbol.</param>
    /// <param name="Amount">Coins sold.</param>
    /// <param name="Rly">What they brought, the fee included.</param>
    /// <param name="Fee">Of that, the creator's.</param>
    /// <param name="Price">RLY for one coin after it.</param>
    /// <param name="UsdCents">What they brought, the fee included.</param>
    public sealed record Redemption(Guid Id, Guid Account, string Coin, Amount Amount, Amount Rly, Amount Fee, Amount Price, long? UsdCents)
        : CoinEvent(Id, UsdCents)
    {
        /// <inheritdoc/>
        public override IReadOnlyList<string> Coins => [Coin];
    }

    /// <summary>One coin sold and another bought with what that brought.</summary>
    /// <param name="Id">Of the trade.</param>
    /// <param name="Account">Whose coins.</param>
    /// <param name="FromCoin">The symbol of the coin given.</param>
    /// <param name="FromAmount">How much of it.</param>
    /// <param name="FromPrice">RLY for one of it after the conversion.</param>
    /// <param name="ToCoin">The symbol of the coin got.</param>
    /// <param name="ToAmount">How much of it.</param>
    /// <param name="ToPrice">RLY for one of it after the conversion.</param>
    /// <param name="Rly">What the coins given brought, the fee included.</param>
    /// <param name="Fee">Of that, the creator's whose coin was given.</param>
    /// <param name="UsdCents">What the coins given brought, the fee included.</param>
    public sealed record Conversion(
        Guid Id, Guid Account, string FromCoin, Amount FromAmount, Amount FromPrice, string ToCoin, Amount ToAmount, Amount ToPrice, Amount Rly,
        Amount Fee, long? UsdCents) : CoinEvent(Id, UsdCents)
    {
        /// <inheritdoc/>
        public override IReadOnlyList<string> Coins => [FromCoin, ToCoin];
    }

    /// <summary>Sent from one person to another, at once or once a pending transfer was posted.</summary>
    /// <param name="Id">Of the transfer as its sender made it.</param>
    /// <param name="From">The sender.</param>
    /// <param name="To">The receiver.</param>
    /// <param name="Coin">The coin's symbol.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="IsDonation">The receiver is the coin's creator.</param>
    /// <param name="Price">RLY for one coin at the time; null for a coin without a market.</param>
    /// <param name="UsdCents">What it was worth at that price.</param>
    /// <param name="Words">What is private of it.</param>
    public sealed record Sent(
        Guid Id, Guid From, Guid To, string Coin, Amount Amount, bool IsDonation, Amount? Price, long? UsdCents, SentWords Words) : CoinEvent(Id, UsdCents)
    {
        /// <inheritdoc/>
        public override IReadOnlyList<string> Coins => [Coin];
    }

    /// <summary>What sender and receiver know of a transfer.</summary>
    /// <param name="Note">For people; may be empty.</param>
    /// <param name="Reference">For the program that sent it; may be empty.</param>
    /// <param name="ShowsUserName">The sender lets apps that the coin's creator has approved know who it was, by name.</param>
    /// <param name="ShowsMemo">The same of note and reference.</param>
    public sealed record SentWords(string Note, string Reference, bool ShowsUserName, bool ShowsMemo);
}
