using System.Net;
using Microsoft.AspNetCore.Http;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Rest;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

public sealed class RateLimitTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Nothing_is_sent_into_an_empty_bucket_before_it_resets()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) =>
        {
            context.Limited("roles", 1, 0, 3);
            return context.NothingAsync();
        });
        using var rest = discord.Client();
        await rest.AddMemberRoleAsync(1, 2, 3, null, default);

        var second = rest.AddMemberRoleAsync(1, 20, 30, null, default);
        await discord.ClientWaitsAsync();
        discord.Clock.Advance(TimeSpan.FromSeconds(3) - Tick);
        Assert.False(second.IsCompleted);
        Assert.Single(discord.Requests);

        discord.Clock.Advance(Tick);
        await second;
        Assert.Equal(2, discord.Requests.Count);
    }

    [Fact]
    public async Task Routes_of_one_bucket_wait_together_and_guilds_apart()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) =>
        {
            context.Limited("roles", 1, 0, 5);
            return context.NothingAsync();
        });
        using var rest = discord.Client();
        await rest.AddMemberRoleAsync(1, 2, 3, null, default);
        await rest.RemoveMemberRoleAsync(9, 2, 3, null, default);

        // Both routes are known to be "roles" now: guild 1's is empty for either.
        var otherRoute = rest.RemoveMemberRoleAsync(1, 2, 3, null, default);
        await discord.ClientWaitsAsync();
        await rest.AddMemberRoleAsync(7, 2, 3, null, default);
        Assert.False(otherRoute.IsCompleted);
        Assert.Equal(3, discord.Requests.Count);

        discord.Clock.Advance(TimeSpan.FromSeconds(5));
        await otherRoute;
    }

    [Fact]
    public async Task One_request_probes_an_unknown_bucket_then_as_many_go_as_remain()
    {
        var firstMayAnswer = new TaskCompletionSource();
        await using var discord = await StubDiscord.StartAsync(async (context, number) =>
        {
            if (number == 1)
                await firstMayAnswer.Task;
            context.Limited("roles", 5, 5 - number % 5, 1);
            await context.NothingAsync();
        });
        using var rest = discord.Client();
        var calls = Enumerable.Range(1, 8).Select(user => rest.AddMemberRoleAsync(1, (ulong)user, 3, null, default)).ToArray();
        await discord.RequestsAsync(1);
        Assert.Single(discord.Requests);

        firstMayAnswer.SetResult();
        await Task.WhenAll(calls[..5]);
        await discord.ClientWaitsAsync();
        Assert.Equal(5, discord.Requests.Count);

        discord.Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task A_429_is_waited_out_to_its_fraction_and_sent_again()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) =>
            number == 1 ? context.TooManyAsync(2.5, "user") : context.NothingAsync());
        using var rest = discord.Client();

        var call = rest.AddMemberRoleAsync(1, 2, 3, null, default);
        await discord.ClientWaitsAsync();
        discord.Clock.Advance(TimeSpan.FromSeconds(2.5) - Tick);
        Assert.Single(discord.Requests);
        discord.Clock.Advance(Tick);
        await call;
        Assert.Equal(2, discord.Requests.Count);
    }

    [Fact]
    public async Task A_429_without_end_is_given_up()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) => context.TooManyAsync(1, "user"));
        using var rest = discord.Client();

        var call = rest.GetCurrentUserAsync(default);
        for (var attempt = 1; attempt < 5; attempt++)
        {
            await discord.ClientWaitsAsync();
            discord.Clock.Advance(TimeSpan.FromSeconds(1));
            await discord.RequestsAsync(attempt + 1);
        }

        var refused = await Assert.ThrowsAsync<DiscordApiException>(() => call);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Equal(5, discord.Requests.Count);
    }

    [Fact]
    public async Task A_global_429_stops_every_route_but_interactions()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) =>
            number == 1 ? context.TooManyAsync(4, "global") : context.NothingAsync());
        using var rest = discord.Client();

        var first = rest.AddMemberRoleAsync(1, 2, 3, null, default);
        await discord.ClientWaitsAsync();
        var other = rest.RemoveMemberRoleAsync(8, 2, 3, null, default);
        await rest.CreateInteractionResponseAsync(5, "secret", InteractionResponse.Pong, default);
        Assert.Equal(["PUT /guilds/1/members/2/roles/3", "POST /interactions/5/secret/callback"], discord.Requests.Select(r => r.ToString()));

        discord.Clock.Advance(TimeSpan.FromSeconds(4));
        await Task.WhenAll(first, other);
    }

    [Fact]
    public async Task An_answer_of_a_proxy_in_front_of_Discord_stops_every_route()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) =>
        {
            if (number > 1)
                return context.NothingAsync();
            context.Response.StatusCode = 429;
            context.Response.Headers["Retry-After"] = "30";
            return context.Response.WriteAsync("<html>error 1015</html>");
        });
        using var rest = discord.Client();

        var first = rest.AddMemberRoleAsync(1, 2, 3, null, default);
        await discord.ClientWaitsAsync();
        var other = rest.RemoveMemberRoleAsync(8, 2, 3, null, default);
        discord.Clock.Advance(TimeSpan.FromSeconds(30) - Tick);
        Assert.Single(discord.Requests);
        discord.Clock.Advance(Tick);
        await Task.WhenAll(first, other);
    }

    [Fact]
    public async Task Fifty_requests_leave_in_a_second_and_not_one_more()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) => context.NothingAsync());
        using var rest = discord.Client();
        var calls = Enumerable.Range(1, 60).Select(guild => rest.AddMemberRoleAsync((ulong)guild, 2, 3, null, default)).ToArray();

        await discord.RequestsAsync(50);
        await Task.WhenAny(Task.WhenAll(calls), discord.ClientWaitsAsync());
        discord.Clock.Advance(TimeSpan.FromSeconds(1) - Tick);
        Assert.Equal(50, discord.Requests.Count);

        discord.Clock.Advance(Tick);
        await Task.WhenAll(calls);
        Assert.Equal(60, discord.Requests.Count);
    }

    [Theory]
    [InlineData("user", true)]
    [InlineData("shared", false)]
    public async Task Only_limits_of_our_own_count_against_the_budget_of_refusals(string scope, bool counts)
    {
        await using var discord = await StubDiscord.StartAsync((context, number) =>
            number == 1 ? context.TooManyAsync(1, scope) : context.NothingAsync());
        using var rest = discord.Client(options => options.InvalidRequestBudget = 1);

        var call = rest.AddMemberRoleAsync(1, 2, 3, null, default);
        if (counts)
        {
            await Assert.ThrowsAsync<DiscordStoppedException>(() => call);
            return;
        }

        await discord.ClientWaitsAsync();
        discord.Clock.Advance(TimeSpan.FromSeconds(1));
        await call;
    }

    [Fact]
    public async Task Waiting_in_a_bucket_ends_with_the_callers_patience()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) =>
        {
            context.Limited("roles", 1, 0, 100);
            return context.NothingAsync();
        });
        using var rest = discord.Client();
        await rest.AddMemberRoleAsync(1, 2, 3, null, default);

        using var impatient = new CancellationTokenSource();
        var given = rest.AddMemberRoleAsync(1, 2, 3, null, impatient.Token);
        await discord.ClientWaitsAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);

        var patient = rest.AddMemberRoleAsync(1, 2, 3, null, default);
        await discord.ClientWaitsAsync();
        discord.Clock.Advance(TimeSpan.FromSeconds(100));
        await patient;
    }
}
