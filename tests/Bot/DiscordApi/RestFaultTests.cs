using System.Net;
using Microsoft.AspNetCore.Http;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

public sealed class RestFaultTests
{
    [Fact]
    public async Task Server_errors_are_tried_again_with_growing_waits_and_then_given_up()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) => context.RefuseAsync(502, "bad gateway"));
        using var rest = discord.Client();

        var call = rest.GetCurrentUserAsync(default);
        double[] expectedWaits = [0.375, 0.75, 1.5, 3];
        foreach (var (seconds, attempts) in expectedWaits.Zip([1, 2, 3, 4]))
        {
            await discord.ClientWaitsAsync();
            discord.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(attempts, discord.Requests.Count);
            discord.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await discord.RequestsAsync(attempts + 1);
        }

        var fault = await Assert.ThrowsAsync<DiscordApiException>(() => call);
        Assert.Equal(HttpStatusCode.BadGateway, fault.Status);
        Assert.Equal(5, discord.Requests.Count);
    }

    [Fact]
    public async Task A_followup_is_never_sent_twice()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) => context.RefuseAsync(500, "{}"));
        using var rest = discord.Client();

        await Assert.ThrowsAsync<DiscordApiException>(() => rest.CreateFollowupAsync(1, "t", new() { Content = "hi" }, default));
        Assert.Single(discord.Requests);
    }

    [Fact]
    public async Task A_lost_connection_is_tried_again_where_that_is_safe()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) =>
        {
            if (number != 1)
                return context.NothingAsync();
            context.Abort();
            return Task.CompletedTask;
        });
        using var rest = discord.Client();

        var call = rest.AddMemberRoleAsync(1, 2, 3, null, default);
        await discord.ClientWaitsAsync();
        discord.Clock.Advance(TimeSpan.FromSeconds(1));
        await call;
    }

    [Fact]
    public async Task A_message_sent_again_carries_the_same_nonce()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) => number == 1
            ? context.RefuseAsync(500, "{}")
            : context.JsonAsync("""{"id":"7","channel_id":"1","content":"hi"}"""));
        using var rest = discord.Client();

        var call = rest.CreateMessageAsync(1, new() { Content = "hi" }, default);
        await discord.ClientWaitsAsync();
        discord.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(7UL, (await call).Id);

        Assert.Equal(discord.Requests[0].Body, discord.Requests[1].Body);
        Assert.True(discord.Requests[0].Json.GetProperty("enforce_nonce").GetBoolean());
        Assert.InRange(discord.Requests[0].Json.GetProperty("nonce").GetString()!.Length, 16, 25);
        Assert.Equal(0, discord.Requests[0].Json.GetProperty("allowed_mentions").GetProperty("parse").GetArrayLength());
    }

    [Fact]
    public async Task An_interaction_acknowledged_before_its_answer_was_lost_counts_as_answered()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) => number == 1
            ? context.RefuseAsync(500, "{}")
            : context.RefuseAsync(400, """{"code":40060,"message":"Interaction has already been acknowledged."}"""));
        using var rest = discord.Client();

        var call = rest.CreateInteractionResponseAsync(1, "t", InteractionResponse.Deferred(Deferral.PublicMessage), default);
        await discord.ClientWaitsAsync();
        discord.Clock.Advance(TimeSpan.FromSeconds(1));
        await call;
        Assert.Equal(2, discord.Requests.Count);
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again_and_says_what_was_wrong()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) => context.RefuseAsync(400, """
            {"code":50035,"message":"Invalid Form Body","errors":{"0":{"options":{"1":{"name":{"_errors":[
              {"code":"STRING_TYPE_REGEX","message":"String value did not match validation regex."}]}}}}}}
            """));
        using var rest = discord.Client();

        var refused = await Assert.ThrowsAsync<DiscordApiException>(
            () => rest.BulkOverwriteGlobalCommandsAsync(1, [new ApplicationCommand("a", "b")], default));
        Assert.Equal(DiscordErrorCode.InvalidFormBody, refused.Code);
        Assert.Equal(["0.options.1.name: String value did not match validation regex."], refused.Errors);
        Assert.Equal("PUT /applications/{0}/commands", refused.Route);
        Assert.Single(discord.Requests);
    }

    [Fact]
    public async Task A_403_is_not_tried_again()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) =>
            context.RefuseAsync(403, """{"code":50013,"message":"Missing Permissions"}"""));
        using var rest = discord.Client();

        var refused = await Assert.ThrowsAsync<DiscordApiException>(() => rest.AddMemberRoleAsync(1, 2, 3, null, default));
        Assert.Equal(DiscordErrorCode.MissingPermissions, refused.Code);
        Assert.Single(discord.Requests);
    }

    [Fact]
    public async Task Too_many_refusals_stop_all_sending_for_ten_minutes()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) =>
            context.RefuseAsync(403, """{"code":50013,"message":"Missing Permissions"}"""));
        using var rest = discord.Client(options => options.InvalidRequestBudget = 3);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<DiscordApiException>(() => rest.AddMemberRoleAsync(1, 2, 3, null, default));

        var stopped = await Assert.ThrowsAsync<DiscordStoppedException>(() => rest.GetCurrentUserAsync(default));
        Assert.False(stopped.TokenIsDead);
        Assert.Equal(3, discord.Requests.Count);

        discord.Clock.Advance(TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<DiscordApiException>(() => rest.AddMemberRoleAsync(1, 2, 3, null, default));
        Assert.Equal(4, discord.Requests.Count);
    }

    [Fact]
    public async Task A_rejected_token_is_never_sent_again_yet_interactions_go_on()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) => number == 1
            ? context.RefuseAsync(401, """{"code":0,"message":"401: Unauthorized"}""")
            : context.NothingAsync());
        using var rest = discord.Client();

        await Assert.ThrowsAsync<DiscordApiException>(() => rest.GetCurrentUserAsync(default));
        var stopped = await Assert.ThrowsAsync<DiscordStoppedException>(() => rest.GetCurrentUserAsync(default));
        Assert.True(stopped.TokenIsDead);
        await rest.DeleteOriginalInteractionResponseAsync(1, "t", default);
        Assert.Equal(2, discord.Requests.Count);
    }

    [Fact]
    public async Task An_expired_interaction_token_leaves_the_bots_token_alone()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) => number == 1
            ? context.RefuseAsync(401, """{"code":50027,"message":"Invalid Webhook Token"}""")
            : context.JsonAsync("""{"id":"1","username":"bot"}"""));
        using var rest = discord.Client();

        await Assert.ThrowsAsync<DiscordApiException>(() => rest.DeleteOriginalInteractionResponseAsync(1, "t", default));
        Assert.Equal("bot", (await rest.GetCurrentUserAsync(default)).Username);
    }

    [Fact]
    public async Task Headers_are_as_Discord_demands()
    {
        await using var discord = await StubDiscord.StartAsync((context, _) => context.NothingAsync());
        using var rest = discord.Client(options => (options.HomePage, options.Version) = (new("https://example.org/bot"), "1.2.3"));

        await rest.AddMemberRoleAsync(1, 2, 3, "Holds 60 PTM\nünd", default);
        await rest.RemoveMemberRoleAsync(1, 2, 3, new string('ß', 600), default);
        await rest.CreateInteractionResponseAsync(1, "t", InteractionResponse.Pong, default);

        var (add, remove, callback) = (discord.Requests[0], discord.Requests[1], discord.Requests[2]);
        Assert.Equal("DiscordBot (https://example.org/bot, 1.2.3)", add.Headers["User-Agent"]);
        Assert.Equal($"Bot {StubDiscord.Token}", add.Headers["Authorization"]);
        Assert.Equal("Holds%2060%20PTM%0A%C3%BCnd", add.Headers["X-Audit-Log-Reason"]);
        Assert.Equal(new string('ß', 512), Uri.UnescapeDataString(remove.Headers["X-Audit-Log-Reason"]));
        Assert.DoesNotContain("Authorization", callback.Headers.Keys);
    }

    [Fact]
    public async Task Who_is_not_in_the_guild_is_null_and_an_unknown_guild_is_an_error()
    {
        await using var discord = await StubDiscord.StartAsync((context, number) => number == 1
            ? context.RefuseAsync(404, """{"code":10007,"message":"Unknown Member"}""")
            : context.RefuseAsync(404, """{"code":10004,"message":"Unknown Guild"}"""));
        using var rest = discord.Client();

        Assert.Null(await rest.GetGuildMemberAsync(1, 2, default));
        var refused = await Assert.ThrowsAsync<DiscordApiException>(() => rest.GetGuildMemberAsync(1, 2, default));
        Assert.Equal(DiscordErrorCode.UnknownGuild, refused.Code);
    }

    [Fact]
    public async Task Discord_out_of_reach_is_an_exception_that_names_no_secret()
    {
        var discord = await StubDiscord.StartAsync((context, _) => context.NothingAsync());
        using var rest = discord.Client(options => options.MaxAttempts = 1);
        await discord.DisposeAsync();

        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => rest.CreateFollowupAsync(1, "very-secret", new(), default));
        Assert.DoesNotContain("very-secret", fault.ToString());
    }
}
