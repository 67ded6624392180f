using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Store;

/// <summary>A coin as stored.</summary>
internal sealed class CoinRow
{
    public const string Select = """
        SELECT symbol, name, image, creator, curve, supply, terms, rewards, suspended, launched_after, launched_at, revision
        FROM ledger_coin
        """;

    public string Symbol { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Image { get; init; }

    /// <summary>NULL for RLY.</summary>
    public Guid? Creator { get; init; }

    public string Curve { get; init; } = "";

    public long Supply { get; init; }

    public string Terms { get; init; } = "";

    public long Rewards { get; init; }

    public long Suspended { get; init; }

    public long LaunchedAfter { get; init; }

    public DateTimeOffset LaunchedAt { get; init; }

    public long Revision { get; init; }

    public static CoinRow Of(Coin coin, long revision) => new()
    {
        Symbol = coin.Symbol,
        Name = coin.Name,
        Image = coin.Image,
        Creator = coin.Creator == Guid.Empty ? null : coin.Creator,
        Curve = coin.Curve,
        Supply = coin.Supply.MinorUnits,
        Terms = coin.Terms.ToJson(),
        Rewards = coin.EarnsRewards ? 1 : 0,
        Suspended = coin.IsSuspended ? 1 : 0,
        LaunchedAfter = coin.LaunchedAfter,
        LaunchedAt = coin.LaunchedAt,
        Revision = revision,
    };

    /// <summary>A coin as it was launched.</summary>
    public static CoinRow Of(LaunchRow launch) => new()
    {
        Symbol = launch.Symbol,
        Name = launch.Name,
        Image = launch.Image,
        Creator = launch.Creator,
        Curve = launch.Curve,
        Supply = launch.Supply,
        Terms = launch.Terms,
        Rewards = launch.Rewards ? 1 : 0,
        LaunchedAfter = launch.LaunchedAfter,
        LaunchedAt = launch.LaunchedAt,
    };

    /// <summary>What the chain covers of it.</summary>
    public LaunchRow ToLaunch() => new(Symbol, Name, Image, Creator, Curve, Supply, Terms, Rewards != 0, LaunchedAfter, LaunchedAt);

    public Coin ToCoin() => new(Symbol, Name, Creator ?? Guid.Empty, new Amount(Supply), LaunchedAt)
    {
        Image = Image,
        Curve = Curve,
        Terms = CoinTerms.FromJson(Terms),
        EarnsRewards = Rewards != 0,
        IsSuspended = Suspended != 0,
        LaunchedAfter = LaunchedAfter,
    };
}
