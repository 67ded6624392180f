using System.Net;
using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class CoinApiTests
{
    [Theory, EachEngine]
    public async Task Coins_are_public(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        await api.LaunchAsync("ALLIE", 5);

        var list = (await api.GetAsync("/api/coins")).Body!["coins"]!.AsArray();
        var coin = await api.GetAsync("/api/coins/ptm");

        Assert.Equal(["ALLIE", "PTM"], list.Select(each => (string?)each!["symbol"]));
        Assert.True(JsonNode.DeepEquals(list[1], coin.Body));
        Assert.Equal(
            ("PTM", "The PTM", creator.ToString(), "1000", "fixed"),
            ((string?)coin.Body!["symbol"], (string?)coin.Body["name"], (string?)coin.Body["creator"], (string?)coin.Body["supply"], (string?)coin.Body["curve"]));
    }

    [Theory]
    [InlineData("/api/coins/NOPE"), InlineData("/api/coins/not-a-symbol"), InlineData("/api/coins/NOPE/holders")]
    public async Task A_coin_that_is_not_there_is_not_found(string path)
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);

        var absent = await api.GetAsync(path);

        Assert.Equal((HttpStatusCode.NotFound, "urn:rally:unknown-coin"), (absent.Status, absent.Type));
    }

    [Theory, EachEngine]
    public async Task Holders_are_paged_without_those_who_have_nothing_left(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        await api.LaunchAsync("KSK", 1_000);
        var fans = Enumerable.Range(0, 5).Select(_ => Guid.NewGuid()).ToList();
        foreach (var fan in fans)
            await SendAsync(api, creator, fan, "10");
        await SendAsync(api, fans[0], fans[1], "10");

        var seen = new Dictionary<Guid, string>();
        var pages = 0;
        for (var next = ""; next is not null; pages++)
        {
            var page = (await api.GetAsync("/api/coins/PTM/holders?limit=2" + next)).Body!;
            foreach (var holding in page["holders"]!.AsArray())
                seen.Add((Guid)holding!["holder"]!, (string)holding["balance"]!);
            next = page["next"] is { } key ? "&after=" + key : null;
        }

        Assert.Equal(3, pages);
        var expected = fans.Skip(1).ToDictionary(fan => fan, fan => fan == fans[1] ? "20" : "10");
        expected.Add(creator, "950");
        Assert.Equal(expected.OrderBy(each => each.Key), seen.OrderBy(each => each.Key));
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/coins/PTM/holders?after=x")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/coins/PTM/holders?limit=1001")).Status);
    }

    [Theory, EachEngine]
    public async Task Balances_are_for_those_the_account_allows(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var fan = Guid.NewGuid();
        await SendAsync(api, creator, fan, "0.000001");
        var path = $"/api/accounts/{fan}/balances";

        var own = await api.GetAsync(path, TestApi.Token(fan, "balances:read"));
        var stranger = await api.GetAsync($"/api/accounts/{Guid.Empty:N}/balances", TestApi.Token(Guid.Empty, "balances:read"));

        Assert.Equal("""{"position":2,"balances":[{"coin":"PTM","amount":"0.000001"}]}""", own.Body!.ToJsonString());
        Assert.Equal("""{"position":2,"balances":[]}""", stranger.Body!.ToJsonString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(fan, "transfers:send"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(creator, "balances:read"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.GetAsync("/api/accounts/me/balances", TestApi.Token(fan, "balances:read"))).Status);
    }

    private static async Task SendAsync(TestApi api, Guid from, Guid to, string amount)
    {
        var sent = await api.PostAsync("/api/transfers", TestApi.Transfer(from, to, amount: amount), TestApi.Token(from, "transfers:send"));
        Assert.Equal(HttpStatusCode.Created, sent.Status);
    }
}
