using System.Buffers.Binary;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Prices;
using Rally.Ledger.Trades;
using Xunit;

namespace Rally.Ledger.Tests.Exit;

/// <summary>
/// A ledger with something of everything, made at random: the same for the same seed, and on another ledger in the same
/// state it goes on in the same way.
/// </summary>
internal sealed class BusyLedger
{
    public const string Limited = "LIN";
    public const string Digits = "S2";
    public const string Fixed = "FIX";

    private static readonly string[] Notes = ["", "für dich 🎁", "\"quoted\", back\\slash", "a\u2028b </script>", "日本語 ; = , :"];
    private static readonly string[] Coins = [Limited, Digits, Fixed];

    private readonly TestLedger _ledger;
    private readonly Random _random;
    private readonly List<Guid> _people;
    private readonly List<Guid> _holds;
    private TransferOrder? _order;

    private BusyLedger(TestLedger ledger, int seed, List<Guid> people, List<Guid> holds) =>
        (_ledger, _random, _people, _holds) = (ledger, new Random(seed), people, holds);

    /// <summary>The first plain transfer that was posted, to be sent once more.</summary>
    public TransferOrder? FirstTransfer { get; private set; }

    public static async Task<BusyLedger> MakeAsync(TestLedger ledger, int steps, int seed = 1)
    {
        var busy = new BusyLedger(ledger, seed, [], []);
        for (var i = 0; i < 6; i++)
            busy._people.Add(busy.NewId());
        var terms = CoinTerms.Linear with { LargestPurchase = Amount.Coins(30_000), BetweenPurchases = TimeSpan.FromHours(20), PurchaseControlFor = TimeSpan.FromDays(500) };
        await busy.LaunchAsync(new(Limited, "On a line ✓ \"L\"", busy._people[0]) { Terms = terms, Image = "https://img.example/ü.png" });
        await busy.LaunchAsync(new(Digits, "On an S", busy._people[1]) { Curve = "sigmoid" });
        await busy.LaunchAsync(LaunchCoin.Request.Fixed(Fixed, "All there", busy._people[2], Amount.Coins(1_000)) with
        {
            Terms = CoinTerms.None with { FlowBasisPoints = 900 },
            EarnsRewards = false,
        });
        foreach (var person in busy._people)
            await ledger.Services.GetRequiredService<IssueRly>().ExecuteAsync(person, Amount.Coins(10_000), "Welcome", default);
        await busy.GoOnAsync(steps / 2);
        Assert.True(await busy.SealAsync() > 0);
        Assert.IsType<RotateAuthority.Result.Rotated>(await ledger.Services.GetRequiredService<RotateAuthority>().ExecuteAsync(default));
        await busy.LaunchAsync(LaunchCoin.Request.Fixed("LATE", "Launched last", busy._people[3], Amount.Coins(5)));
        await busy.LaunchAsync(new("EARLY", "Launched with it", busy._people[3]) { Terms = CoinTerms.None });
        await busy.GoOnAsync(steps - (steps / 2));
        await busy.SealAsync();
        await busy.GoOnAsync(10);
        await ledger.Services.GetRequiredService<IssueRly>().ExecuteAsync(busy._people[0], Amount.Coins(1), "Not sealed yet", default);
        Assert.IsType<SuspendCoin.Result.Changed>(await ledger.Services.GetRequiredService<SuspendCoin>().ExecuteAsync("LATE", true, default));
        var prices = ledger.Services.GetRequiredService<UsdPriceLog>();
        await prices.ConfirmAsync(new UsdRate(11_200_000), ledger.Clock.GetUtcNow(), ledger.Clock.GetUtcNow(), default);
        ledger.Clock.Advance(TimeSpan.FromMinutes(1));
        await prices.ConfirmAsync(new UsdRate(11_300_000), ledger.Clock.GetUtcNow(), ledger.Clock.GetUtcNow(), default);
        return busy;
    }

    /// <summary>Goes on with the same people on a ledger in the same state.</summary>
    public BusyLedger On(TestLedger ledger, int seed) => new(ledger, seed, [.. _people], [.. _holds]);

    public Task<int> SealAsync() => _ledger.Services.GetRequiredService<SealBlocks>().ExecuteAsync(default);

    public Guid NewId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (_ledger.Clock.GetUtcNow().ToUnixTimeMilliseconds() << 16) | 0x7000 | (long)_random.Next(0x1000));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Does so many things, some of which the ledger refuses.</summary>
    public async Task GoOnAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (_random.Next(3) == 0)
                _ledger.Clock.Advance(TimeSpan.FromMinutes(_random.Next(1, 1_500)));
            _order = null;
            var result = await _ledger.Writer.SubmitAsync(Next(), default);
            if (result is PostResult.Posted)
                FirstTransfer ??= _order;
            Assert.True(result is PostResult.Posted or PostResult.Refused, $"{result}");
        }
    }

    private LedgerCommand Next()
    {
        var (id, who, other, coin) = (NewId(), Any(_people), Any(_people), Any(Coins));
        switch (_random.Next(12))
        {
            case 0 or 1:
                return new BuyCommand(id, who, coin, TradeSize.Rly(new(_random.NextInt64(1, 200_000_000))), null);
            case 2:
                return new SellCommand(id, who, coin, TradeSize.Coins(new(_random.NextInt64(1, 900_000_000))), null);
            case 3:
                return new ConvertCommand(id, who, Limited, Digits, new(_random.NextInt64(1, 300_000_000)), null);
            case 4 or 5:
                _holds.Add(id);
                return new OpenHold(id, who, other, coin, new(_random.NextInt64(1, 50_000_000)), _ledger.Clock.GetUtcNow().AddDays(2), Any(Notes), "order");
            case 6 or 10 or 11 when _holds.Count > 0:
                var hold = Any(_holds.TakeLast(4).ToList());
                return _random.Next(4) switch
                {
                    0 => ResolveHold.Post(id, hold, null),
                    1 => ResolveHold.Post(id, hold, new Amount(_random.NextInt64(1, 20_000_000))),
                    2 => ResolveHold.Void(id, hold),
                    _ => ResolveHold.Expire(id, hold),
                };
            case 7:
                return new VestCommand(id, Any([Limited, Digits]));
            case 8:
                return new PostCommand(Transfer(id, who, other, coin), Transfer(NewId(), who, Any(_people), CoinSymbol.Rly));
            default:
                _order = Transfer(id, who, other, coin);
                return new PostCommand(_order);
        }
    }

    private TransferOrder Transfer(Guid id, Guid from, Guid to, string coin) => new(
        id, AccountKey.Of(from, coin), AccountKey.Of(to, coin), new(_random.NextInt64(1, 60_000_000)), TransferKind.Transfer, Any(Notes), Any(["", "order 7"]));

    private T Any<T>(IReadOnlyList<T> some) => some[_random.Next(some.Count)];

    private async Task LaunchAsync(LaunchCoin.Request request) =>
        Assert.IsType<LaunchCoin.Result.Launched>(await _ledger.LaunchCoin.ExecuteAsync(request, default));
}
