using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Sandbox;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

/// <summary>The whole client at work on the sandbox's Discord, in real time.</summary>
public sealed class SandboxTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<GatewayEvent> _events = new();
    private readonly HttpClient _page = new();
    private SandboxServer _sandbox = null!;
    private DiscordRest _rest = null!;
    private DiscordGateway _gateway = null!;
    private InteractionResponder _responder = null!;
    private IInteractionHandler _handler = new TestHandler(Deferral.EphemeralMessage);
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { ServerMembersIntent = true }, default);
        var options = new DiscordOptions { Token = _sandbox.BotToken, ApiBase = _sandbox.DiscordApi };
        _rest = new(options, new HttpClient(), TimeProvider.System, Backoff.SystemJitter, NullLogger<DiscordRest>.Instance);
        _gateway = new(options, _rest, TimeProvider.System, Backoff.SystemJitter, NullLogger<DiscordGateway>.Instance);
        _page.BaseAddress = new(_sandbox.Page, "/sandbox/api/");
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _gateway.Dispose();
        _rest.Dispose();
        _page.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task It_connects_and_hears_of_the_role_it_gave()
    {
        await ConnectAsync();
        Assert.Equal(_sandbox.ApplicationId, _events.OfType<Ready>().Single().ApplicationId);
        await Eventually.TrueAsync(() => _events.OfType<GuildCreated>().Any(), "the guild");
        var guild = _events.OfType<GuildCreated>().Single().Guild;
        Assert.Equal(_sandbox.Roles.Count, guild.Roles.Count);

        var bot = (await _rest.GetCurrentUserAsync(default)).Id;
        var fan = _sandbox.Members.First(member => member.Id != bot && member.Id != guild.OwnerId);
        var before = await _rest.GetGuildMemberAsync(guild.Id, fan.Id, default);
        var role = guild.Roles.OrderBy(role => role.Position).First(role => role.Id != guild.Id && !role.Managed && !before!.Roles.Contains(role.Id));
        await _rest.AddMemberRoleAsync(guild.Id, fan.Id, role.Id, "holds 60 PTM", default);
        await Eventually.TrueAsync(
            () => _events.OfType<GuildMemberUpdated>().Any(update => update.Member.User!.Id == fan.Id && update.Member.Roles.Contains(role.Id)),
            "the member's update");
        Assert.Contains(role.Id, (await _rest.GetGuildMemberAsync(guild.Id, fan.Id, default))!.Roles);
        Assert.Equal(_sandbox.Members.Count, (await _rest.ListGuildMembersAsync(guild.Id, 0, 1000, default)).Count);
        Assert.Null(await _rest.GetGuildMemberAsync(guild.Id, 42, default));
    }

    [Fact]
    public async Task A_flood_of_role_changes_stays_within_the_limits()
    {
        var fan = _sandbox.Members.First(member => member.Name != "rally" && member.Id != _sandbox.ApplicationId).Id;
        var roles = await _rest.GetGuildRolesAsync(_sandbox.GuildId, default);
        var role = roles.OrderBy(role => role.Position).First(role => role.Id != _sandbox.GuildId && !role.Managed).Id;
        await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => _rest.AddMemberRoleAsync(_sandbox.GuildId, fan, role, null, default)));
        Assert.Equal(0, _sandbox.Traffic.RateLimited);
    }

    [Fact]
    public async Task A_command_makes_the_round_trip()
    {
        _handler = new TestHandler(Deferral.EphemeralMessage, InteractionReply.Private("60 PTM"));
        await _rest.BulkOverwriteGuildCommandsAsync(
            _sandbox.ApplicationId, _sandbox.GuildId, [new ApplicationCommand("balance", "What you hold")], default);
        await ConnectAsync();
        var outcome = await RunAsync("/balance");
        Assert.Equal("answered", outcome.GetProperty("state").GetString());
        Assert.Equal("60 PTM", outcome.GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_slow_command_makes_it_too()
    {
        var handler = new TestHandler(Deferral.EphemeralMessage);
        _handler = handler;
        await _rest.BulkOverwriteGlobalCommandsAsync(_sandbox.ApplicationId, [new ApplicationCommand("balance", "What you hold")], default);
        await ConnectAsync();
        var outcome = RunAsync("/balance");
        await handler.Started;
        using var timer = TimeProvider.System.CreateTimer(
            _ => handler.Reply(InteractionReply.Private("late, 60 PTM")), null, TimeSpan.FromSeconds(2.5), Timeout.InfiniteTimeSpan);
        Assert.Equal("late, 60 PTM", (await outcome).GetProperty("message").GetProperty("content").GetString());
    }

    private async Task ConnectAsync()
    {
        _responder = new(_rest, _handler, TimeProvider.System, NullLogger<InteractionResponder>.Instance);
        _running = _gateway.RunAsync(
            async (happened, stop) =>
            {
                _events.Enqueue(happened);
                if (happened is InteractionCreated created)
                    await _responder.RespondAsync(created.Interaction, stop);
            },
            _stop.Token);
        await Eventually.TrueAsync(() => _events.OfType<Ready>().Any(), "ready");
    }

    private async Task<JsonElement> RunAsync(string text)
    {
        var fan = _sandbox.Members.First(member => member.Id != _sandbox.ApplicationId).Id;
        using var response = await _page.PostAsJsonAsync(
            "commands?waitMs=10000", new { memberId = $"{fan}", channelId = $"{_sandbox.Channels[0].Id}", text });
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
