using System.Text.RegularExpressions;
using Dapper;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The verbs export and import, as an operator runs them.</summary>
public sealed partial class ExportTests : IDisposable
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, EachEngine]
    public async Task A_ledger_leaves_while_it_serves_and_arrives_on_the_other_engine(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var other = await TestDatabase.CreateAsync(engine == Engine.Sqlite && TestDatabase.PostgresServer is not null ? Engine.Postgres : Engine.Sqlite);
        string[] own = ["--data", In("own"), "--store", store.Setting];
        string[] moved = ["--data", In("moved"), "--store", other.Setting];
        var creator = Guid.NewGuid();
        await SaysAsync(0, "is launched", ["launch-coin", "PTM", "--name", "Portemonnaie", "--creator", $"{creator}", "--anyway", .. own]);

        string block;
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        using (var serving = BotProcess.Start(new Dictionary<string, string> { ["Ledger__BlockInterval"] = "00:00:00.100" }, [.. own, "--port", $"{address.Port}"]))
        {
            await serving.ReadyAsync(address);
            using var http = new HttpClient { BaseAddress = address };
            await Eventually.TrueAsync(
                async () => (await http.GetStringAsync("api/blocks")).Contains("\"height\"", StringComparison.Ordinal), "a block is sealed");
            var exported = await SaysAsync(0, "Whoever has this file can read all notes.", ["export", In("ledger.jsonl.gz"), .. own]);
            Assert.Contains("All entries are in signed blocks.", exported, StringComparison.Ordinal);
            block = Hash().Match(await http.GetStringAsync("api/blocks")).Groups[1].Value;
            await SaysAsync(0, "hledger -f", ["export", In("ledger.journal"), "--hledger", .. own]);
            await SaysAsync(1, "is there already", ["export", In("ledger.jsonl.gz"), .. own]);
            await serving.KillAsync();
        }

        await SaysAsync(1, "is not a public key of 64", ["import", In("ledger.jsonl.gz"), "--authority", "12", .. moved]);
        await SaysAsync(1, "Line 1: Authority 1 is not the pinned one", ["import", In("ledger.jsonl.gz"), "--authority", new string('0', 64), .. moved]);
        var said = await SaysAsync(0, "Before it serves: The private key of authority 1 is missing", ["import", In("ledger.jsonl.gz"), .. moved]);
        Assert.Contains("All entries are in signed blocks.", said, StringComparison.Ordinal);
        await SaysAsync(1, "not empty", ["import", In("ledger.jsonl.gz"), .. moved]);
        await SaysAsync(0, "Right: 2 entries, blocks up to 1", ["verify", "--authority", PublicKey().Match(said).Groups[1].Value, .. moved]);
        await SaysAsync(0, "All entries are in signed blocks.", ["verify", "--block", $"1:{block}", .. moved]);
        await SaysAsync(1, "Wrong: The chain ends with block 1", ["verify", "--block", $"2:{block}", .. moved]);
        await SaysAsync(2, "is not a block's height", ["verify", "--block", block, .. moved]);
        await using (var database = Database.Open(other.Setting))
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "INSERT INTO ledger_coin_stats (coin, transfers, trades, rly, holders) VALUES ('PTM', 7, 0, 0, 0)", transaction: transaction));
        }

        await SaysAsync(1, "Run 'rebuild'", ["verify", .. moved]);
        await SaysAsync(1, "There is no store at", ["export", In("none"), "--data", In("nowhere")]);
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    private static async Task<string> SaysAsync(int code, string words, string[] arguments)
    {
        using var process = BotProcess.Start(NoSettings, arguments);
        Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(90)) == code, process.Output);
        Assert.Contains(words, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        return process.Output;
    }

    [GeneratedRegex("\"hash\":\"([0-9a-f]{64})\"")]
    private static partial Regex Hash();

    [GeneratedRegex("begins with the public key ([0-9a-f]{64})")]
    private static partial Regex PublicKey();
}
