using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Accounts;
using Rally.Bot.Hosting;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The verbs that make coins and RLY, as an operator runs them.</summary>
public sealed partial class VerbTests : IDisposable
{
    private static readonly Dictionary<string, string> NoSettings = [];

    private readonly TemporaryFolder _folder = new();

    private string[] Own => ["--data", _folder.Path];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rly_goes_to_an_account_that_is_there_and_once_for_each_id()
    {
        var fan = await SignUpAsync("fan");
        var stranger = Guid.NewGuid();

        var first = await SaysAsync(0, $"fan ({fan}) has 1000 RLY now.", "issue-rly", $"{fan}", "1000", "--note", "welcome");
        var id = GivenId().Match(first).Groups[1].Value;
        var again = await SaysAsync(0, $"issued before, and not again: fan ({fan}) had 1000 RLY then", "issue-rly", $"{fan}", "1000", "--note", "welcome", "--id", id);
        Assert.DoesNotContain("To try again", again, StringComparison.Ordinal);
        await SaysAsync(1, $"--id: {id} stands in the log with another", "issue-rly", $"{fan}", "1001", "--note", "welcome", "--id", id);
        await SaysAsync(1, "UUID of version 7", "issue-rly", $"{fan}", "1000", "--id", $"{Guid.NewGuid()}");
        await SaysAsync(1, "'12' is not an id", "issue-rly", $"{fan}", "1000", "--id", "12");
        await SaysAsync(1, $"rally-id: no account here has the Rally id {stranger}", "issue-rly", $"{stranger}", "5");
        await SaysAsync(0, $"{stranger} (nobody's account) has 5 RLY now.", "issue-rly", $"{stranger}", "5", "--anyway");
        await SaysAsync(0, "Right: 2 entries", "verify");
    }

    [Fact]
    public async Task The_keys_that_sign_id_tokens_are_replaced_or_withdrawn()
    {
        await SaysAsync(0, "the old ones stay published", "rotate-signing-key");
        var before = await KeysAsync();
        await SaysAsync(0, "the old ones stay published", "rotate-signing-key");
        var both = await KeysAsync();
        Assert.Equal((2, 4), (before.Count, both.Count));
        Assert.Empty(before.Except(both));
        await SaysAsync(0, "the old ones are withdrawn", "rotate-signing-key", "--withdraw");
        Assert.Empty((await KeysAsync()).Intersect(both));

        async Task<List<string>> KeysAsync()
        {
            await using var store = Database.Open($"sqlite:{Path.Combine(_folder.Path, "rally.db")}");
            return [.. await store.ReadAsync(connection => connection.QueryAsync<string>("SELECT id FROM auth_signing_key"))];
        }
    }

    [Fact]
    public async Task A_coin_is_launched_for_an_account_that_is_there_with_the_terms_that_are_chosen()
    {
        var star = await SignUpAsync("star");
        string[] coin = ["launch-coin", "PTM", "--name", "Portemonnaie", "--creator"];

        await SaysAsync(1, "--creator: no account here has the Rally id", [.. coin, $"{Guid.NewGuid()}"]);
        await SaysAsync(1, "at most 16000000 coins", [.. coin, $"{star}", "--genesis", "16000001"]);
        await SaysAsync(1, "What is unlocked at once is a part", [.. coin, $"{star}", "--genesis", "10", "--unlocked-at-once", "11"]);
        await SaysAsync(1, "is too long a time", [.. coin, $"{star}", "--between-purchases", "1m", "--purchase-control-for", "99999999d"]);
        await SaysAsync(0, $"100000 for star ({star}), 20000 of it at once.",
            [.. coin, $"{star}", "--genesis", "100000", "--unlocked-at-once", "20000", "--monthly-unlock", "2.5%", "--largest-unlocked", "40%", "--no-creator-fee"]);

        await using var app = RallyHost.Build(Settings());
        using var terms = JsonDocument.Parse(await app.Services.GetRequiredService<Database>().ReadAsync(
            connection => connection.QuerySingleAsync<string>("SELECT terms FROM ledger_coin WHERE symbol = 'PTM'")));
        Assert.Equal(250, terms.RootElement.GetProperty("monthlyUnlockBasisPoints").GetInt64());
        Assert.Equal(4_000, terms.RootElement.GetProperty("largestVestedBasisPoints").GetInt64());
        Assert.False(terms.RootElement.GetProperty("paysCreatorFee").GetBoolean());
    }

    [PostgresFact]
    public async Task Rly_that_is_being_issued_is_told_of_although_the_operator_interrupts()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        string[] issue = ["issue-rly", $"{Guid.NewGuid()}", "5", "--anyway", "--store", store.Setting];
        await SaysAsync(0, "has 5 RLY now", issue); // the store is up to date from now on
        await using var database = Database.Open(store.Setting);
        var release = new TaskCompletionSource();
        var holding = database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "ledger.writer");
            await release.Task;
        });
        using var process = BotProcess.Start(NoSettings, [.. issue, .. Own]);
        await Eventually.TrueAsync(
            () => database.ReadAsync(connection => connection.ExecuteScalarAsync<bool>(
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))")),
            "it waits for its turn to write", TimeSpan.FromSeconds(60));

        await process.InterruptAsync();
        release.SetResult();
        await holding;

        Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(60)) == 0, process.Output);
        Assert.Contains("has 10 RLY now", process.Output, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_PostgreSQL_server_that_may_lose_commits_is_not_served_from_unless_that_is_allowed()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        // Only a server of its own could have it off: this one's answer stands before the catalogue's.
        await using (var database = Database.Open(store.Setting))
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
                CREATE SCHEMA answers;
                CREATE VIEW answers.pg_settings AS
                  SELECT name, CASE name WHEN 'full_page_writes' THEN 'off' ELSE setting END AS setting FROM pg_catalog.pg_settings;
                DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = answers, pg_catalog, public', current_database()); END $$;
                """, transaction: transaction));
        }

        string[] own = ["--store", store.Setting];
        await SaysAsync(1, "runs with full_page_writes = off", [.. own, "--port", "0"]);
        string[] issue = ["issue-rly", $"{Guid.NewGuid()}", "5", "--anyway", .. own];
        await SaysAsync(1, "Storage__AllowUnsafePostgres=true", issue);
        await SaysAsync(1, "Storage:AllowUnsafePostgres: 'perhaps' must be true or false", issue, new() { ["Storage__AllowUnsafePostgres"] = "perhaps" });
        await SaysAsync(0, "has 5 RLY now", issue, new() { ["Storage__AllowUnsafePostgres"] = "true" });
    }

    private async Task<Guid> SignUpAsync(string name)
    {
        await using var app = RallyHost.Build(Settings());
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        return Assert.IsType<CreateAccount.Created>(
            await app.Services.GetRequiredService<CreateAccount>().ExecuteAsync(new(name, "a long enough password"))).RallyId;
    }

    private Dictionary<string, string?> Settings() => HostOverrides.From(new DirectoryInfo(_folder.Path), port: 0, store: null);

    private Task<string> SaysAsync(int code, string words, params string[] arguments) => SaysAsync(code, words, arguments, NoSettings);

    private async Task<string> SaysAsync(int code, string words, string[] arguments, Dictionary<string, string> settings)
    {
        using var process = BotProcess.Start(settings, [.. arguments, .. Own]);
        Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(60)) == code, process.Output);
        Assert.Contains(words, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        return process.Output;
    }

    [GeneratedRegex("--id ([0-9a-f-]{36})")]
    private static partial Regex GivenId();
}
