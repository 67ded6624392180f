using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

public sealed class InteractionResponderTests : IAsyncLifetime
{
    private const string Callback = "POST /interactions/900/" + Samples.Token + "/callback";
    private const string Original = "/webhooks/12/" + Samples.Token + "/messages/@original";
    private const string Followup = "POST /webhooks/12/" + Samples.Token + "?wait=true";

    private readonly CapturedLogs _log = new();
    private StubDiscord _discord = null!;
    private DiscordRest _rest = null!;
    private int _callbackStatus = 204;

    public async Task InitializeAsync()
    {
        _discord = await StubDiscord.StartAsync((context, _) =>
        {
            if (!context.Request.Path.Value!.EndsWith("/callback", StringComparison.Ordinal))
                return context.JsonAsync("""{"id":"1","channel_id":"2","content":""}""");
            context.Response.StatusCode = _callbackStatus;
            return Task.CompletedTask;
        });
        _rest = _discord.Client();
    }

    public async Task DisposeAsync()
    {
        _rest.Dispose();
        await _discord.DisposeAsync();
    }

    [Fact]
    public async Task A_quick_reply_is_the_first_answer()
    {
        await RespondAsync(Samples.Command, new TestHandler(Deferral.EphemeralMessage, InteractionReply.Private("done")));
        var request = Assert.Single(_discord.Requests);
        Assert.Equal(Callback, request.ToString());
        Assert.Equal("""{"type":4,"data":{"content":"done","allowed_mentions":{"parse":[]},"flags":64}}""", request.Body);
    }

    [Theory]
    [InlineData(0, """{"type":5,"data":{"flags":64}}""")]
    [InlineData(1, """{"type":5}""")]
    public async Task A_slow_reply_is_deferred_and_takes_the_place_of_the_thinking(int deferral, string firstAnswer)
    {
        var isPrivate = (Deferral)deferral == Deferral.EphemeralMessage;
        var handler = new TestHandler((Deferral)deferral);
        var responding = RespondAsync(Samples.Command, handler);
        await handler.Started;
        await _discord.ClientWaitsAsync();
        _discord.Clock.Advance(InteractionResponder.DirectReplyWithin - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_discord.Requests);
        _discord.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await _discord.RequestsAsync(1);
        Assert.Equal(firstAnswer, _discord.Requests[0].Body);

        handler.Reply(isPrivate ? InteractionReply.Private("done") : InteractionReply.Public("done"));
        await responding;
        Assert.Equal([Callback, "PATCH " + Original], Asked());
        Assert.Equal("done", _discord.Requests[1].Json.GetProperty("content").GetString());
    }

    [Fact]
    public async Task The_deadline_counts_from_arrival()
    {
        var handler = new TestHandler(Deferral.PublicMessage);
        var interaction = Read(Samples.Command);
        _discord.Clock.Advance(InteractionResponder.DirectReplyWithin);
        var responding = Responder(handler).RespondAsync(interaction, default);
        await _discord.RequestsAsync(1);
        handler.Reply(InteractionReply.Public("done"));
        await responding;
        Assert.Equal(5, _discord.Requests[0].Json.GetProperty("type").GetInt32());
    }

    [Fact]
    public async Task A_handler_that_blocks_its_thread_is_deferred_all_the_same()
    {
        using var mayGoOn = new ManualResetEventSlim();
        var handler = new TestHandler(Deferral.EphemeralMessage, InteractionReply.Private("done")) { Before = mayGoOn.Wait };
        var responding = RespondAsync(Samples.Command, handler);
        await _discord.ClientWaitsAsync();
        _discord.Clock.Advance(InteractionResponder.DirectReplyWithin);
        await _discord.RequestsAsync(1);
        mayGoOn.Set();
        await responding;
    }

    [Fact]
    public async Task A_private_reply_never_shows_in_a_public_thinking()
    {
        await RespondLateAsync(Samples.Command, Deferral.PublicMessage, InteractionReply.Private("secret"));
        Assert.Equal([Callback, "DELETE " + Original, Followup], Asked());
        Assert.Equal(64, _discord.Requests[2].Json.GetProperty("flags").GetInt32());
    }

    [Fact]
    public async Task A_late_update_of_a_pressed_message_changes_it()
    {
        await RespondLateAsync(Samples.Press, Deferral.Update, new UpdateReply(new() { Content = "claimed", Components = [] }));
        Assert.Equal("""{"type":6}""", _discord.Requests[0].Body);
        Assert.Equal("PATCH " + Original, _discord.Requests[1].ToString());
        Assert.Equal(0, _discord.Requests[1].Json.GetProperty("components").GetArrayLength());
    }

    [Fact]
    public async Task A_late_message_to_a_press_leaves_the_pressed_message_alone()
    {
        await RespondLateAsync(Samples.Press, Deferral.Update, InteractionReply.Private("you have it already"));
        Assert.Equal(Followup, _discord.Requests[1].ToString());
        Assert.Equal(64, _discord.Requests[1].Json.GetProperty("flags").GetInt32());
    }

    [Fact]
    public async Task A_quick_press_updates_its_message()
    {
        await RespondAsync(Samples.Press, new TestHandler(Deferral.Update, new UpdateReply(new()
        {
            Content = "claimed",
            Components = [new ActionRow(new Button(ButtonStyle.Success, "Again", "claim:8"), new Button(ButtonStyle.Link, "See", Url: "https://example.org"))],
        })));
        Assert.Equal(
            """{"type":7,"data":{"content":"claimed","components":[{"type":1,"components":[{"type":2,"style":3,"label":"Again","custom_id":"claim:8"},{"type":2,"style":5,"label":"See","url":"https://example.org"}]}],"allowed_mentions":{"parse":[]}}}""",
            Assert.Single(_discord.Requests).Body);
    }

    [Fact]
    public async Task A_modal_opens_when_quick_and_is_an_apology_when_late()
    {
        var modal = new ModalReply("tier", "A tier", [new LabelledInput("Amount", new TextInput("amount", TextInputStyle.Short))]);
        await RespondAsync(Samples.Command, new TestHandler(Deferral.EphemeralMessage, modal));
        Assert.Equal(
            """{"type":9,"data":{"custom_id":"tier","title":"A tier","components":[{"type":18,"label":"Amount","component":{"type":4,"custom_id":"amount","style":1}}]}}""",
            _discord.Requests[0].Body);

        await RespondLateAsync(Samples.Press, Deferral.EphemeralMessage, modal);
        Assert.Contains("TooLate", _discord.Requests[2].Json.GetProperty("content").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fault_becomes_a_private_apology_with_a_number_that_the_log_has_too(bool late)
    {
        var handler = new TestHandler(Deferral.EphemeralMessage);
        var responding = RespondAsync(Samples.Command, handler);
        await handler.Started;
        if (late)
        {
            await _discord.ClientWaitsAsync();
            _discord.Clock.Advance(InteractionResponder.DirectReplyWithin);
            await _discord.RequestsAsync(1);
        }

        handler.Fail(new InvalidOperationException("the store is down"));
        await responding;
        var answer = _discord.Requests[^1].Json;
        var message = late ? answer : answer.GetProperty("data");
        Assert.Contains("900", message.GetProperty("content").GetString());
        Assert.DoesNotContain("store", message.GetProperty("content").GetString());
        if (!late)
            Assert.Equal(64, message.GetProperty("flags").GetInt32());
        var logged = Assert.Single(_log.Lines).Text;
        Assert.Contains("900", logged);
        Assert.Contains("the store is down", logged);
        Assert.DoesNotContain(Samples.Token, logged);
    }

    [Fact]
    public async Task Choices_that_come_too_late_are_none_and_the_search_is_called_off()
    {
        var handler = new TestHandler(Deferral.EphemeralMessage);
        var responding = RespondAsync(Samples.Typing, handler);
        await handler.Started;
        await _discord.ClientWaitsAsync();
        _discord.Clock.Advance(InteractionResponder.DirectReplyWithin);
        await responding;
        Assert.Equal("""{"type":8,"data":{"choices":[]}}""", Assert.Single(_discord.Requests).Body);
        Assert.True(handler.Stop.IsCancellationRequested);
    }

    [Fact]
    public async Task Choices_in_time_are_shown()
    {
        await RespondAsync(Samples.Typing, new TestHandler(Deferral.EphemeralMessage, new AutocompleteReply([new("Pat's coin", "PTM"), new("three", 3)])));
        Assert.Equal("""{"type":8,"data":{"choices":[{"name":"Pat\u0027s coin","value":"PTM"},{"name":"three","value":3}]}}""", _discord.Requests[0].Body);
    }

    [Fact]
    public async Task The_same_interaction_is_handled_once()
    {
        var handler = new TestHandler(Deferral.EphemeralMessage, InteractionReply.Private("paid"));
        var responder = Responder(handler);
        Assert.True(await responder.RespondAsync(Read(Samples.Command), default));
        Assert.False(await responder.RespondAsync(Read(Samples.Command), default));
        Assert.Equal(1, handler.Calls);
        Assert.Single(_discord.Requests);
    }

    [Fact]
    public async Task What_was_begun_is_finished_even_when_Discord_no_longer_listens()
    {
        _callbackStatus = 404;
        var handler = new TestHandler(Deferral.EphemeralMessage);
        var responding = RespondAsync(Samples.Command, handler);
        await handler.Started;
        await _discord.ClientWaitsAsync();
        _discord.Clock.Advance(InteractionResponder.DirectReplyWithin);
        await _discord.RequestsAsync(1);
        Assert.False(handler.Stop.IsCancellationRequested);
        handler.Reply(InteractionReply.Private("paid"));
        await responding;
        Assert.Contains("did not reach", Assert.Single(_log.Lines).Text);
    }

    private async Task RespondLateAsync(string json, Deferral deferral, InteractionReply reply)
    {
        var before = _discord.Requests.Count;
        var handler = new TestHandler(deferral);
        var responding = RespondAsync(json, handler);
        await handler.Started;
        await _discord.ClientWaitsAsync();
        _discord.Clock.Advance(InteractionResponder.DirectReplyWithin);
        await _discord.RequestsAsync(before + 1);
        handler.Reply(reply);
        await responding;
    }

    private Task<bool> RespondAsync(string json, IInteractionHandler handler) => Responder(handler).RespondAsync(Read(json), default);

    private InteractionResponder Responder(IInteractionHandler handler) => new(_rest, handler, _discord.Clock, _log.For<InteractionResponder>());

    private Interaction Read(string json) =>
        InteractionReader.TryRead(JsonDocument.Parse(json).RootElement, _discord.Clock.GetTimestamp())!;

    private IEnumerable<string> Asked() => _discord.Requests.Select(request => request.ToString());
}

/// <summary>Replies what it was given, at once or when the test says.</summary>
internal sealed class TestHandler(Deferral deferral, InteractionReply? atOnce = null) : IInteractionHandler
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<InteractionReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Started => _started.Task;

    public CancellationToken Stop { get; private set; }

    public int Calls { get; private set; }

    public Action? Before { get; init; }

    public void Reply(InteractionReply reply) => _reply.SetResult(reply);

    public void Fail(Exception fault) => _reply.SetException(fault);

    public Deferral DeferralOf(Interaction interaction) => deferral;

    public MessageReply Apologise(Interaction interaction, Mishap mishap) => InteractionReply.Private($"{mishap} {interaction.Id}");

    public Task<InteractionReply> HandleAsync(Interaction interaction, CancellationToken stop)
    {
        Calls++;
        Stop = stop;
        _started.TrySetResult();
        Before?.Invoke();
        return atOnce is null ? _reply.Task : Task.FromResult(atOnce);
    }
}
