using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The verbs backup and restore, as an operator runs them.</summary>
public sealed partial class BackupTests : IDisposable
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PostgresFact]
    public async Task An_installation_moves_to_PostgreSQL_and_back_and_answers_the_same()
    {
        await using var postgres = await TestDatabase.CreateAsync(Engine.Postgres);
        string[] sqlite = ["--data", In("sqlite")];
        string[] moved = ["--data", In("moved"), "--store", postgres.Setting];
        string[] back = ["--data", In("back")];
        await SaysAsync(0, "Gold goes", ["demo", "--once", .. sqlite]);
        var secret = await RegisterAsync(sqlite);

        var before = await ServingAsync(sqlite, async address =>
        {
            await SaysAsync(0, In("one"), ["backup", In("one"), .. sqlite]);
            return await AnswersAsync(address, secret);
        });
        await SaysAsync(0, "is in postgres:…", ["restore", In("one"), .. moved]);
        var onPostgres = await ServingAsync(moved, async address =>
        {
            await SaysAsync(0, In("two"), ["backup", In("two"), .. moved]);
            return await AnswersAsync(address, secret);
        });
        await SaysAsync(0, $"is in sqlite:{In("back")}", ["restore", In("two"), .. back]);
        var afterwards = await ServingAsync(back, address => AnswersAsync(address, secret));

        Assert.Contains("PTM", before, StringComparison.Ordinal);
        Assert.Equal(before, onPostgres);
        Assert.Equal(before, afterwards);
        // All but what starting to serve changes: the bot registers itself anew, and secrets are sealed once more.
        Assert.Equal(Hashes("one", "ledger_"), Hashes("two", "ledger_"));
        Assert.Equal(Hashes("one", "auth_account"), Hashes("two", "auth_account"));
    }

    [Theory, EachEngine]
    public async Task A_restored_ledger_goes_on_with_its_signed_blocks(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        string[] own = ["--data", In("own"), "--store", store.Setting];
        string[] restored = ["--data", In("restored")];
        var elsewhere = new Dictionary<string, string> { ["Ledger__AuthorityKeysFolder"] = In("signing") };
        await SaysAsync(0, "RLY now", ["issue-rly", $"{Guid.NewGuid()}", "1000", "--anyway", .. own]);
        await SealAsync(1, own, elsewhere);
        var key = Assert.Single(Directory.EnumerateFiles(In("signing")));

        await SaysAsync(0, "and 2 keys", ["backup", In("backup"), .. own], elsewhere);
        await SaysAsync(0, "and 2 keys", ["restore", In("backup"), .. restored]);

        Assert.Equal(await File.ReadAllBytesAsync(key), await File.ReadAllBytesAsync(Path.Combine(In("restored"), "keys", "authority", Path.GetFileName(key))));
        await SaysAsync(0, "RLY now", ["issue-rly", $"{Guid.NewGuid()}", "1000", "--anyway", .. restored]);
        await SealAsync(2, restored, NoSettings);
        await SaysAsync(0, "Right: 2 entries, blocks up to 2, signed", ["verify", .. restored]);

        // A key that was lost before is told of by both.
        File.Delete(key);
        await SaysAsync(0, "It lacks a key: The private key of authority 1 is missing", ["backup", In("without"), .. own], elsewhere);
        await SaysAsync(0, "Before it serves: The private key of authority 1 is missing", ["restore", In("without"), "--data", In("again")]);
    }

    [Fact]
    public async Task A_store_in_use_and_a_folder_that_is_there_are_one_clear_sentence()
    {
        string[] own = ["--data", In("own")];
        await RegisterAsync(own);
        await SaysAsync(0, "rows in", ["backup", In("backup"), .. own]);

        await SaysAsync(1, "is there already", ["backup", In("backup"), .. own]);
        await SaysAsync(1, "is not empty: its table auth_client has 1 rows", ["restore", In("backup"), .. own]);
        await SaysAsync(1, "There is no SQLite file", ["backup", In("other"), "--data", In("nowhere")]);
        await SaysAsync(1, "is not a backup", ["restore", In("own"), "--data", In("new")]);
        await ServingAsync(own, async _ =>
        {
            await SaysAsync(0, "rows in", ["restore", In("backup"), "--data", In("new")]);
            return "";
        });
        await ServingAsync(["--data", In("new")], async _ =>
        {
            await SaysAsync(1, "Another process", ["restore", In("backup"), "--data", In("new")]);
            return "";
        });
    }

    [Fact]
    public async Task A_bot_of_a_remote_network_backs_up_its_own_tables_and_never_leaves_a_networks_out()
    {
        string[] own = ["--data", In("bot")];
        var remote = new Dictionary<string, string>
        {
            ["Network__Mode"] = "Remote",
            ["Network__Url"] = "http://127.0.0.1:9",
            ["Network__ClientId"] = "far-bot",
            ["Network__ClientSecret"] = "secret",
        };
        using (var bot = BotProcess.Start(remote, [.. own, "--port", "0"]))
        {
            await Eventually.TrueAsync(() => bot.Output.Contains("is not subscribed", StringComparison.Ordinal), "the bot runs", TimeSpan.FromSeconds(60));
            await bot.KillAsync();
        }

        await SaysAsync(0, "rows in", ["backup", In("backup"), .. own], remote);
        Assert.All(Hashes("backup", ""), table => Assert.StartsWith("bot_", table, StringComparison.Ordinal));
        await SaysAsync(0, "rows in", ["restore", In("backup"), "--data", In("again")], remote);

        await RegisterAsync(["--data", In("network")]);
        await SaysAsync(1, "set Network__Mode=Embedded", ["backup", In("network-backup"), "--data", In("network")], remote);
    }

    [Fact]
    public async Task A_disk_that_fills_up_leaves_nothing_behind()
    {
        if (OperatingSystem.IsWindows())
            return;
        string[] own = ["--data", In("own")];
        await RegisterAsync(own);
        await SaysAsync(0, "rows in", ["backup", In("backup"), .. own]);

        // Files may not grow above 64 KiB, and going beyond is an error instead of a signal. The runtime's own large files are switched off.
        await FullAsync("The backup cannot be taken", ["backup", In("second"), .. own]);
        await FullAsync("", ["restore", In("backup"), "--data", In("new")]);

        Assert.Equal(["backup", "new", "own"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
        await SaysAsync(0, "rows in", ["restore", In("backup"), "--data", In("new")]);

        async Task FullAsync(string words, string[] arguments)
        {
            var program = Path.Combine(AppContext.BaseDirectory, "Rally.Bot.dll");
            var start = new ProcessStartInfo("sh", ["-c", "trap '' XFSZ; ulimit -f 128; exec dotnet \"$@\"", "sh", program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
            using var process = Process.Start(start)!;
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 1, error);
            Assert.Contains(words, error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
    }

    private string In(string name) => Path.Combine(_folder.Path, name);

    private static async Task SaysAsync(int code, string words, string[] arguments, Dictionary<string, string>? settings = null)
    {
        using var process = BotProcess.Start(settings ?? NoSettings, arguments);
        Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(90)) == code, process.Output);
        Assert.Contains(words, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    private static async Task<string> RegisterAsync(string[] own)
    {
        using var process = BotProcess.Start(
            NoSettings, ["register-client", "other", "--name", "Other", "--owner", "someone", "--public-url", "https://other.example", .. own]);
        Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(60)) == 0, process.Output);
        return ClientSecret().Match(process.Output).Groups[1].Value;
    }

    /// <summary>Serves until there is a block of that height.</summary>
    private static Task SealAsync(long height, string[] own, Dictionary<string, string> settings) => ServingAsync(own, async address =>
    {
        using var http = new HttpClient { BaseAddress = address };
        await Eventually.TrueAsync(async () =>
        {
            using var block = await http.GetAsync($"api/blocks/{height}");
            return block.IsSuccessStatusCode;
        }, $"block {height} is sealed");
        return "";
    }, new(settings) { ["Ledger__BlockInterval"] = "00:00:00.100" });

    private static async Task<string> ServingAsync(string[] own, Func<Uri, Task<string>> work, Dictionary<string, string>? settings = null)
    {
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        using var process = BotProcess.Start(settings ?? NoSettings, [.. own, "--port", $"{address.Port}"]);
        await process.ReadyAsync(address);
        var result = await work(address);
        await process.KillAsync();
        return result;
    }

    /// <summary>What the API tells everybody, and a client with its secret.</summary>
    private static async Task<string> AnswersAsync(Uri address, string secret)
    {
        using var http = new HttpClient { BaseAddress = address };
        var answers = new StringBuilder();
        foreach (var path in (string[])["api/coins", "api/coins/PTM", "api/coins/PTM/holders", "api/transfers"])
            answers.AppendLine(await http.GetStringAsync(path));

        using var metadata = JsonDocument.Parse(await http.GetStringAsync(".well-known/oauth-authorization-server"));
        using var request = new HttpRequestMessage(HttpMethod.Post, metadata.RootElement.GetProperty("token_endpoint").GetString())
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"other:{secret}")));
        using var answer = await http.SendAsync(request);
        using var token = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return answers.AppendLine($"{answer.StatusCode} {token.RootElement.GetProperty("scope")}").ToString();
    }

    private string[] Hashes(string backup, string prefix)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(In(backup), "backup.json")));
        return [.. json.RootElement.GetProperty("tables").EnumerateArray()
            .Where(table => table.GetProperty("name").GetString()!.StartsWith(prefix, StringComparison.Ordinal))
            .Select(table => $"{table.GetProperty("name")} {table.GetProperty("rows")} {table.GetProperty("sha256")}")];
    }

    [GeneratedRegex(@"Network__ClientSecret=(\S+)")]
    private static partial Regex ClientSecret();
}
