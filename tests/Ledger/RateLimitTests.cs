using System.Globalization;
using System.Net;
using Rally.Storage;
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
}
