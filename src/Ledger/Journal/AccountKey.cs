using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>Names an account: a holder's of a coin, or one of the coin's system accounts, which have no holder.</summary>
internal readonly record struct AccountKey(Guid? Holder, string Coin, string Kind)
{
    public static AccountKey Of(Guid holder, string coin) => new(holder, coin, AccountKind.Holder);

    public static AccountKey Mint(string coin) => new(null, coin, AccountKind.Mint);

    public static AccountKey Vesting(string coin) => new(null, coin, AccountKind.Vesting);

    public static AccountKey Escrow(string coin) => new(null, coin, AccountKind.Escrow);

    /// <summary>The RLY that backs <paramref name="coin"/>.</summary>
    public static AccountKey Reserve(string coin) => new(null, CoinSymbol.Rly, AccountKind.ReserveOf(coin));

    public static AccountKey Bridge => new(null, CoinSymbol.Rly, AccountKind.Bridge);

    // On the hot path several times a transfer: the holder is random enough, and few accounts have none.
    public override int GetHashCode() => Holder is { } holder ? holder.GetHashCode() + Coin.Length : HashCode.Combine(Coin, Kind);

    public bool Equals(AccountKey other) => Holder == other.Holder && Coin == other.Coin && Kind == other.Kind;

    /// <summary>The name that the chain, exports and pages use: <c>PTM/holder/0193…</c>, <c>PTM/mint</c>, <c>RLY/reserve:PTM</c>.</summary>
    public override string ToString() => Holder is { } holder ? $"{Coin}/{Kind}/{holder:D}" : $"{Coin}/{Kind}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out AccountKey key)
    {
        key = default;
        var parts = text.Split('/');
        if (parts.Length == 2 && parts[1] != AccountKind.Holder)
            key = new(null, parts[0], parts[1]);
        else if (parts is [_, AccountKind.Holder, var id] && Guid.TryParseExact(id, "D", out var holder))
            key = Of(holder, parts[0]);
        return key.Coin is { Length: > 0 };
    }
}
