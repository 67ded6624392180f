namespace Rally.Ledger.Explorer;

/// <summary>The explorer's addresses.</summary>
internal static class Paths
{
    public const string Coins = "/explorer";
    public const string Log = "/explorer/log";
    public const string Blocks = "/explorer/blocks";
    public const string Search = "/explorer/search";
    public const string Stylesheet = "/explorer/explorer.css";

    public static string Block(long height) => $"/explorer/blocks/{height}";

    public static string Coin(string symbol) => $"/explorer/coins/{symbol}";

    public static string Holders(string symbol) => $"/explorer/coins/{symbol}/holders";

    public static string Entries(string symbol) => $"/explorer/coins/{symbol}/transfers";

    public static string Account(Guid holder) => $"/explorer/accounts/{holder:D}";

    public static string Transfer(Guid id) => $"/explorer/transfers/{id:D}";
}
