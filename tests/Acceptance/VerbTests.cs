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

    private async Task<Guid> SignUpAsync(string name)
    {
        await using var app = RallyHost.Build(Settings());
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        return Assert.IsType<CreateAccount.Created>(
            await app.Services.GetRequiredService<CreateAccount>().ExecuteAsync(new(name, "a long enough password"))).RallyId;
    }

    private Dictionary<string, string?> Settings() => HostOverrides.From(new DirectoryInfo(_folder.Path), port: 0, store: null);

    private async Task<string> SaysAsync(int code, string words, params string[] arguments)
    {
        using var process = BotProcess.Start(NoSettings, [.. arguments, .. Own]);
        Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(60)) == code, process.Output);
        Assert.Contains(words, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        return process.Output;
    }

    [GeneratedRegex("--id ([0-9a-f-]{36})")]
    private static partial Regex GivenId();
}
