using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Rally.Ledger.Blocks;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Each_address_user_and_client_has_a_share_of_its_own()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite, options => options.RateLimit = new()
        {
            PerSecond = 1,
            Burst = 3,
            ClientPerSecond = 1,
            ClientBurst = 6,
        });
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());

        Assert.InRange(await AnsweredOfTenAsync(null), 3, 5);
        Assert.InRange(await AnsweredOfTenAsync(TestApi.Token(one)), 3, 5);
        Assert.InRange(await AnsweredOfTenAsync(TestApi.Token(other)), 3, 5);
        Assert.InRange(await AnsweredOfTenAsync(TestApi.ClientToken("rally-bot")), 6, 8);

        async Task<int> AnsweredOfTenAsync(string? token)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.GetAsync("/api/coins", token)));
            return answers.Count(answer => answer.Status == HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_when_to_come_back()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite, options => options.RateLimit = new() { PerSecond = 1, Burst = 1 });

        var refused = await RefusedAsync("/api/transfers");
        var former = await RefusedAsync("/v1/creator_coins");

        Assert.Equal("urn:rally:rate-limited", refused.Type);
        Assert.InRange(int.Parse(refused.Headers["retry-after"], CultureInfo.InvariantCulture), 1, 2);
        Assert.Equal(former.Detail, (string?)former.Body!["errorMessage"]);

        async Task<TestApi.Answer> RefusedAsync(string path)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.GetAsync(path)));
            return answers.First(answer => answer.Status == HttpStatusCode.TooManyRequests);
        }
    }

    [Fact]
    public async Task Transfers_do_not_use_up_reads_nor_reads_transfers()
    {
        await using var api = await TestApi.StartAsync(
            Engine.Sqlite, options => options.RateLimit = new() { PerSecond = 1, Burst = 2, WritesPerSecond = 1, WriteBurst = 2 });
        var creator = await api.LaunchAsync("PTM", 1_000);
        var token = TestApi.Token(creator, "transfers:send", "balances:read");

        var reads = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.GetAsync($"/api/accounts/{creator}/balances", token)));
        var writes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.PostAsync("/api/transfers", TestApi.Transfer(creator), token)));

        Assert.InRange(reads.Count(answer => answer.Status == HttpStatusCode.OK), 2, 4);
        Assert.InRange(writes.Count(answer => answer.Status == HttpStatusCode.Created), 2, 4);
        Assert.All(writes.Where(answer => answer.Status != HttpStatusCode.Created), answer => Assert.Equal("urn:rally:rate-limited", answer.Type));
    }

    [Fact]
    public async Task Pages_of_the_explorer_are_limited_and_say_so_as_a_page()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite, options => options.RateLimit = new() { PerSecond = 1, Burst = 2 });

        var pages = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.PageAsync("/explorer")));
        var styles = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => api.PageAsync("/explorer/explorer.css")));

        Assert.InRange(pages.Count(page => page.Status == HttpStatusCode.OK), 2, 4);
        var refused = pages.First(page => page.Status == HttpStatusCode.TooManyRequests);
        Assert.Contains("<h1>Too many pages at once</h1>", refused.Text, StringComparison.Ordinal);
        Assert.All(styles, style => Assert.Equal(HttpStatusCode.OK, style.Status));
    }

    [Fact]
    public async Task Each_of_linked_transfers_counts()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite, options => options.RateLimit = new() { WritesPerSecond = 1, WriteBurst = 10 });
        var creator = await api.LaunchAsync("PTM", 1_000);

        var first = await LinkedAsync(api, creator, 8);
        var second = await LinkedAsync(api, creator, 8);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.TooManyRequests), (first.Status, second.Status));
        Assert.Equal("urn:rally:rate-limited", second.Type);
        // 8 and the one of asking, of which at most 2 are left, at one a second.
        Assert.InRange(int.Parse(second.Headers["retry-after"], CultureInfo.InvariantCulture), 6, 9);
        Assert.Equal(8, (await api.GetAsync("/api/transfers?after=1")).Body!["transfers"]!.AsArray().Count);
    }

    [Fact]
    public async Task More_linked_transfers_than_the_limit_at_once_go_through_when_nothing_of_it_is_in_use()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite, options => options.RateLimit = new() { WritesPerSecond = 1, WriteBurst = 10 });
        var creator = await api.LaunchAsync("PTM", 1_000);

        Assert.Equal(HttpStatusCode.Created, (await LinkedAsync(api, creator, 100)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await LinkedAsync(api, creator, 5)).Status);
    }

    [Fact]
    public async Task A_whole_block_counts_as_ten_reads_and_one_that_is_known_as_one()
    {
        using var keys = new TemporaryFolder();
        await using var api = await TestApi.StartAsync(Engine.Sqlite, options =>
            (options.AuthorityKeysFolder, options.RateLimit) = (keys.Path, new() { PerSecond = 1, Burst = 25 }));
        await api.LaunchAsync("PTM", 1_000);
        await api.Inside<SealBlocks>().ExecuteAsync(default);

        var whole = new List<TestApi.Answer>();
        for (var i = 0; i < 3; i++)
            whole.Add(await api.GetAsync("/api/blocks/1"));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests], whole.Select(answer => answer.Status));
        Assert.Equal("public, max-age=31536000, immutable", whole[0].Headers["cache-control"]);
        Assert.Equal($"\"{whole[0].Body!["block"]!["hash"]}\"", whole[0].Headers["etag"]);
        Assert.False(whole[2].Headers.ContainsKey("cache-control"));
        var known = await api.GetAsync("/api/blocks/1", ifNoneMatch: whole[0].Headers["etag"]);
        Assert.Equal((HttpStatusCode.NotModified, null), (known.Status, known.Body));
        Assert.Equal(whole[0].Headers["etag"], known.Headers["etag"]);
    }

    private static Task<TestApi.Answer> LinkedAsync(TestApi api, Guid from, int count) => api.PostAsync(
        "/api/transfers/linked",
        new JsonObject { ["transfers"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => TestApi.Transfer(from))]) },
        TestApi.Token(from, "transfers:send"));
}
