using System.Net;
using System.Text.Json.Nodes;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class HistoryApiTests
{
    [Theory, EachEngine]
    public async Task An_account_pages_through_its_history_of_all_coins_newest_first(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        await api.LaunchAsync("KSK", 1_000);
        var fan = Guid.NewGuid();
        for (var i = 1; i <= 5; i++)
            await PostedAsync(api, new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), AccountKey.Of(creator, "PTM"), AccountKey.Of(fan, "PTM"), Amount.Coins(i), TransferKind.Transfer, $"gift {i}", $"order {i}"));
        await PostedAsync(api, new(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), AccountKey.Of(fan, "PTM"), AccountKey.Of(creator, "PTM"), Amount.Coins(2), TransferKind.Transfer));
        await api.FollowedAsync();
        var token = TestApi.Token(fan, "balances:read");

        var first = (await api.GetAsync($"/api/accounts/{fan}/transfers?limit=4", token)).Body!;
        var second = (await api.GetAsync($"/api/accounts/{fan:N}/transfers?limit=4&before={first["next"]}", token)).Body!;

        Assert.Equal(8, (long)first["position"]!);
        Assert.Equal([8, 7, 6, 5], Positions(first));
        Assert.Equal([4, 3], Positions(second));
        Assert.Null(second["next"]);
        var sent = first["transfers"]![0]!;
        Assert.Equal(("2", "13"), ((string)sent["amount"]!, (string)sent["balanceAfter"]!));
        Assert.Equal((fan.ToString(), creator.ToString()), ((string)sent["from"]!, (string)sent["to"]!));
        Assert.Equal(("5", "15", "gift 5"), Figures(first["transfers"]![1]!));
        Assert.Equal(("1", "1", "gift 1"), Figures(second["transfers"]![1]!));
        Assert.Equal("order 1", (string?)second["transfers"]![1]!["reference"]);
        Assert.False(sent.AsObject().ContainsKey("reference"));
    }

    [Theory, EachEngine]
    public async Task System_accounts_have_names_and_a_coin_can_be_asked_for(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var (creator, fan) = (Guid.NewGuid(), Guid.NewGuid());
        await api.Inside<LaunchCoin>().ExecuteAsync(new("LIN", "On a line", creator), default);
        await api.Inside<IssueRly>().ExecuteAsync(fan, Amount.Coins(100), "", default);
        var bought = Assert.IsType<PostResult.Posted>(await api.Writer.SubmitAsync(
            new BuyCommand(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), fan, "LIN", TradeSize.Rly(Amount.Coins(10)), null), default));
        await api.FollowedAsync();
        var token = TestApi.Token(fan, "balances:read");

        var all = (await api.GetAsync($"/api/accounts/{fan}/transfers", token)).Body!;
        var coins = (await api.GetAsync($"/api/accounts/{fan}/transfers?coin=lin", token)).Body!;

        Assert.Equal(["LIN's mint", "LIN's reserve", "the bridge"], all["transfers"]!.AsArray().Select(one => (string)one!["other"]!));
        var leg = Assert.Single(coins["transfers"]!.AsArray())!;
        Assert.Null((string?)leg["from"]);
        Assert.Equal(("LIN/mint", $"LIN/holder/{fan}", 1), ((string)leg["fromAccount"]!, (string)leg["toAccount"]!, (int)leg["link"]!));
        Assert.Equal(bought.Entries[1].CreditBalance.ToString(), (string)leg["balanceAfter"]!);
        Assert.Empty((await api.GetAsync($"/api/accounts/{fan}/transfers?coin=NONE", token)).Body!["transfers"]!.AsArray());
    }

    [Fact]
    public async Task A_history_is_for_those_whom_the_account_allows()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var path = $"/api/accounts/{creator}/transfers";

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(creator, "transfers:send"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(Guid.NewGuid(), "balances:read"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(path, TestApi.Token(creator, "balances:read"))).Status);
    }

    [Theory]
    [InlineData("nobody/transfers", "Rally id"), InlineData("{0}/transfers?before=x", "'before'"), InlineData("{0}/transfers?before=-1", "'before'")]
    [InlineData("{0}/transfers?limit=0", "'limit'"), InlineData("{0}/transfers?limit=1001", "'limit'"), InlineData("{0}/transfers?coin=$", "'coin'")]
    public async Task What_cannot_be_understood_is_named(string path, string named)
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        var fan = Guid.NewGuid();

        var answer = await api.GetAsync("/api/accounts/" + path.Replace("{0}", fan.ToString(), StringComparison.Ordinal), TestApi.Token(fan, "balances:read"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(named, answer.Detail, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task An_account_with_more_coins_than_one_statement_takes_is_whole(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = Guid.NewGuid();
        for (var i = 100; i < 230; i++)
            await api.Inside<LaunchCoin>().ExecuteAsync(LaunchCoin.Request.Fixed($"C{i}", "One of many", creator, Amount.Coins(1)), default);
        await api.FollowedAsync();

        var page = (await api.GetAsync($"/api/accounts/{creator}/transfers?limit=120", TestApi.Token(creator, "balances:read"))).Body!;

        Assert.Equal(Enumerable.Range(11, 120).Reverse().Select(position => (long)position), Positions(page));
        Assert.Equal(11, (long)page["next"]!);
    }

    private static IEnumerable<long> Positions(JsonNode page) => page["transfers"]!.AsArray().Select(one => (long)one!["position"]!);

    private static (string, string, string) Figures(JsonNode transfer) =>
        ((string)transfer["amount"]!, (string)transfer["balanceAfter"]!, (string)transfer["note"]!);

    private static async Task PostedAsync(TestApi api, TransferOrder order) =>
        Assert.IsType<PostResult.Posted>(await api.Writer.SubmitAsync(new PostCommand(order), default));
}
