using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Rally.Ledger.Tests.Crashes;

/// <summary>
/// kill -9 while 64 callers post and blocks are sealed: what was acknowledged is in the log once, and the whole ledger with
/// its chain verifies, from the key it began with. 200 kills in all; RALLY_LONG=1 makes it 1,000.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Lanes = 2;
    private const int RunsOnOneStore = 10;

    private static readonly int Runs = Environment.GetEnvironmentVariable("RALLY_LONG") == "1" ? 500 : 100;

    [Theory, EachEngine]
    public async Task No_acknowledged_transfer_is_lost_or_doubled_by_a_kill(Engine engine)
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var acknowledged = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(async lane =>
        {
            var (random, count) = (new Random(seed + lane), 0);
            for (var run = 0; run < Runs / Lanes; run += RunsOnOneStore)
                count += await RunsOnOneStoreAsync(engine, random, RunsOnOneStore);
            return count;
        }));

        output.WriteLine($"{acknowledged.Sum()} acknowledged transfers in {Runs} runs");
        Assert.True(acknowledged.Sum() > 5 * Runs, "the processes were killed before they did much");
    }

    private static async Task<int> RunsOnOneStoreAsync(Engine engine, Random random, int runs)
    {
        await using var store = engine == Engine.Sqlite ? null : await TestDatabase.CreateAsync(engine);
        // Beside this test, which is on a disk; a temporary folder may not be.
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"killed-{Guid.NewGuid():N}")).FullName;
        var (setting, keys) = (store?.Setting ?? $"sqlite:{Path.Combine(folder, "rally.db")}", Path.Combine(folder, "keys"));
        try
        {
            var authority = await PrepareAsync(setting, keys);
            var (count, last) = (0, 0L);
            for (var run = 0; run < runs; run++)
            {
                var acknowledged = await PostAndKillAsync(setting, keys, random);
                last = await CheckAsync(setting, authority, acknowledged, last);
                count += acknowledged.Count;
            }

            return count;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>The public key that signs its blocks.</returns>
    private static async Task<byte[]> PrepareAsync(string setting, string keys)
    {
        await using var ledger = await TestLedger.OpenAsync(setting, options => options.AuthorityKeysFolder = keys);
        await ledger.LaunchCoin.ExecuteAsync(new("PTM", "Potemkin", PostingProcess.Person(0)), default);
        for (var person = 0; person < PostingProcess.Callers; person++)
        {
            var order = new TransferOrder(
                Guid.CreateVersion7(ledger.Clock.GetUtcNow()), AccountKey.Bridge, AccountKey.Of(PostingProcess.Person(person), CoinSymbol.Rly),
                Amount.Coins(1_000_000), TransferKind.Issue);
            await ledger.PostedAsync(order);
        }

        await ledger.Inside<SealBlocks>().ExecuteAsync(default);
        var verified = await ledger.Inside<VerifyLedger>().ExecuteAsync(new(), null, default);
        return Convert.FromHexString(verified.Authority!);
    }

    /// <returns>The ids it printed.</returns>
    private static async Task<List<Guid>> PostAndKillAsync(string setting, string keys, Random random)
    {
        using var child = ChildProcess.Start(ChildProcess.Command(typeof(Program), "post", setting, keys, $"{random.Next()}"));
        var first = await child.ReadLineAsync();
        await Task.Delay(random.Next(0, 120)); // the moment of the kill, not a wait for anything
        string[] unread = await child.KillAsync();
        return [.. unread.Prepend(first).Select(line => Guid.ParseExact(line, "N"))];
    }

    /// <returns>The log's end.</returns>
    private static async Task<long> CheckAsync(string setting, byte[] authority, List<Guid> acknowledged, long last)
    {
        await using var database = Database.Open(setting);
        var verified = await VerifyLedger.On(database, TimeProvider.System).ExecuteAsync(new() { PinnedAuthority = authority }, null, default);
        Assert.Null(verified.Fault);
        var posted = (await database.ReadAsync(connection =>
            connection.QueryAsync<Guid>("SELECT id FROM ledger_transfer WHERE position > @last", new { last }))).ToList();
        Assert.Equal([], acknowledged.Except(posted));
        Assert.Equal(posted.Count, posted.Distinct().Count());
        Assert.Equal(last + posted.Count, verified.Position);
        return verified.Position;
    }
}
