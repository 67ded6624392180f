using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Storage.Changes;

namespace Rally.Ledger.Tests.Crashes;

/// <summary>
/// Sixty-four callers that post as fast as they can, and a sealer that now and then takes a new key, until the process is
/// killed. What is acknowledged is printed, and nothing else.
/// </summary>
internal static class PostingProcess
{
    public const int Callers = 64;

    /// <summary>The people of all runs: they have RLY before the first.</summary>
    public static Guid Person(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

    public static LedgerWriter Writer(Database database) => new(
        new BatchCommitter(database, database.Engine == Engine.Sqlite ? new SqliteJournal(mostRecentBalances: 20) : new PostgresJournal(),
            new Outbox(database, TimeProvider.System, []), new LedgerClock(TimeProvider.System, TimeSpan.MaxValue), 10_000),
        new CommitSignal(), Options.Create(new LedgerOptions()), NullLogger<LedgerWriter>.Instance);

    public static async Task RunAsync(string setting, string keys, string seed)
    {
        var database = Database.Open(setting);
        var writer = Writer(database);
        var output = Console.OpenStandardOutput();
        var turn = new Lock();
        var callers = Enumerable.Range(0, Callers).Select(async caller =>
        {
            var random = new Random(HashCode.Combine(int.Parse(seed, CultureInfo.InvariantCulture), caller));
            while (true)
            {
                var (command, mayBeRefused) = Any(random, caller);
                var again = random.Next(20) == 0;
                var answer = await writer.SubmitAsync(again ? [command, command] : [command], default);
                if (answer[0] is PostResult.Refused refused && !mayBeRefused)
                    throw new InvalidOperationException($"Refused: {refused}");
                if (again && answer is [PostResult.Posted, not PostResult.Posted { Repeated: true }])
                    throw new InvalidOperationException($"The same again was answered: {answer[1]}");
                if (answer[0] is not PostResult.Posted posted)
                    continue;
                // Whole lines, so that the one the kill cuts off is told from the others.
                var lines = System.Text.Encoding.ASCII.GetBytes(string.Concat(posted.Entries.Select(entry => $"{entry.Order.Id:N}\n")));
                lock (turn)
                    output.Write(lines);
            }
        });
        await await Task.WhenAny([.. callers, SealAsync(database, keys, int.Parse(seed, CultureInfo.InvariantCulture))]);
    }

    private static async Task SealAsync(Database database, string keysFolder, int seed)
    {
        using var numbers = RandomNumberGenerator.Create();
        var keys = new AuthorityKeys(Options.Create(new LedgerOptions { AuthorityKeysFolder = keysFolder }), numbers, TimeProvider.System);
        var (seal, rotate, random) = (new SealBlocks(database, keys, numbers, TimeProvider.System), new RotateAuthority(database, keys), new Random(seed));
        while (true)
        {
            await seal.ExecuteAsync(default);
            if (random.Next(10) == 0)
                await rotate.ExecuteAsync(default);
            await Task.Delay(random.Next(10));
        }
    }

    private static (LedgerCommand Command, bool MayBeRefused) Any(Random random, int caller)
    {
        var (id, mine, other) = (NewId(), Person(caller), Person((caller + 1 + random.Next(Callers - 1)) % Callers));
        return random.Next(10) switch
        {
            0 => (new PostCommand([.. Enumerable.Range(0, 3).Select(_ => Transfer(NewId(), mine, other, random))]), false),
            1 => (new BuyCommand(id, mine, "PTM", TradeSize.Rly(new Amount(random.Next(100_000, 1_000_000))), bound: null), false),
            2 => (new SellCommand(id, mine, "PTM", TradeSize.Coins(new Amount(random.Next(1, 10_000_000))), bound: null), true),
            3 => (new OpenHold(id, mine, other, CoinSymbol.Rly, new Amount(random.Next(1, 1_000)), DateTimeOffset.UnixEpoch.AddYears(100), "", ""), false),
            _ => (new PostCommand(Transfer(id, mine, other, random)), false),
        };
    }

    private static TransferOrder Transfer(Guid id, Guid from, Guid to, Random random) => new(
        id, AccountKey.Of(from, CoinSymbol.Rly), AccountKey.Of(to, CoinSymbol.Rly), new Amount(random.Next(1, 1_000)), TransferKind.Transfer);

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
