using System.Collections.Concurrent;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>
/// Answers every interaction within Discord's three seconds of its arrival: with the handler's reply when that is
/// quick, otherwise by deferring and bringing the reply later. Each interaction is handled once, whichever way and
/// however often it arrives.
/// </summary>
internal sealed class InteractionResponder(
    DiscordRest rest, IInteractionHandler handler, TimeProvider time, ILogger<InteractionResponder> log) : IAsyncDisposable
{
    /// <summary>A reply ready by then goes out directly; the rest of the three seconds is for the network.</summary>
    public static readonly TimeSpan DirectReplyWithin = TimeSpan.FromSeconds(1.5);

    /// <summary>Discord's deadline for the first answer.</summary>
    public static readonly TimeSpan AcknowledgeWithin = TimeSpan.FromSeconds(3);

    /// <summary>Discord takes later answers for fifteen minutes.</summary>
    public static readonly TimeSpan ReplyWithin = TimeSpan.FromMinutes(14);

    private readonly RecentIds _seen = new(TimeSpan.FromMinutes(20), time);
    private readonly ConcurrentDictionary<ulong, Task> _running = [];

    /// <summary>An interaction from the gateway: everything goes back over the HTTP API.</summary>
    /// <returns>False when this interaction was seen before, and nothing was done.</returns>
    public Task<bool> RespondAsync(Interaction interaction, CancellationToken stop) =>
        RespondAsync(
            interaction,
            (response, deadline) => rest.CreateInteractionResponseAsync(interaction.Id, interaction.Origin.Token, response, deadline),
            stop);

    /// <param name="acknowledge">Delivers the first answer and returns when Discord has it; throws when it cannot be delivered.</param>
    /// <inheritdoc cref="RespondAsync(Interaction, CancellationToken)"/>
    public async Task<bool> RespondAsync(
        Interaction interaction, Func<InteractionResponse, CancellationToken, Task> acknowledge, CancellationToken stop)
    {
        if (!_seen.TryAdd(interaction.Id))
        {
            log.LogWarning("{Interaction} arrived again and was left alone.", interaction);
            return false;
        }

        var responding = _running[interaction.Id] = LogFaultsAsync(interaction, acknowledge, stop);
        await responding;
        _running.TryRemove(interaction.Id, out _);
        return true;
    }

    /// <summary>Waits for what is still being answered; that ends soon after the caller's token does.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_running.Values);

    private async Task LogFaultsAsync(
        Interaction interaction, Func<InteractionResponse, CancellationToken, Task> acknowledge, CancellationToken stop)
    {
        try
        {
            await RespondOnceAsync(interaction, acknowledge, stop);
        }
        catch (Exception fault)
        {
            log.LogError(fault, "The answer to {Interaction} did not reach Discord.", interaction);
        }
    }

    private async Task RespondOnceAsync(
        Interaction interaction,
        Func<InteractionResponse, CancellationToken, Task> acknowledge,
        CancellationToken stop)
    {
        using var handling = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var tooLong = time.CreateTimer(_ => handling.Cancel(), null, ReplyWithin, Timeout.InfiniteTimeSpan);
        var deferral = handler.DeferralOf(interaction);
        var reply = HandleAsync(interaction, handling.Token);
        var isQuick = await IsDoneByAsync(reply, interaction, DirectReplyWithin, stop);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var late = time.CreateTimer(_ => deadline.Cancel(), null, Left(interaction, AcknowledgeWithin), Timeout.InfiniteTimeSpan);
        if (interaction is AutocompleteInteraction)
        {
            // Choices cannot be deferred; late ones are worth nothing.
            var choices = isQuick ? await reply : new AutocompleteReply([]);
            await handling.CancelAsync();
            await acknowledge(InteractionResponse.Of(choices), deadline.Token);
            return;
        }

        if (isQuick && await reply is { HasFiles: false } quick)
        {
            await acknowledge(InteractionResponse.Of(quick), deadline.Token);
            await FollowAsync(interaction, quick, stop);
            return;
        }

        try
        {
            await acknowledge(InteractionResponse.Deferred(deferral), deadline.Token);
        }
        finally
        {
            // Whether or not the user will hear of it, what was begun is brought to its end.
            await reply;
        }

        await DeliverAsync(interaction, await reply, deferral, stop);
    }

    private async Task<InteractionReply> HandleAsync(Interaction interaction, CancellationToken stop)
    {
        // The handler's first steps must not hold up the clock.
        await Task.Yield();
        try
        {
            return await handler.HandleAsync(interaction, stop);
        }
        catch (Exception fault)
        {
            if (interaction is AutocompleteInteraction)
            {
                log.LogWarning(fault, "No choices for {Interaction}.", interaction);
                return new AutocompleteReply([]);
            }

            log.LogError(fault, "Handling {Interaction} failed; the user was given its id.", interaction);
            return handler.Apologise(interaction, Mishap.Failed);
        }
    }

    private async Task DeliverAsync(Interaction interaction, InteractionReply reply, Deferral deferral, CancellationToken stop)
    {
        var (application, token) = (interaction.Origin.ApplicationId, interaction.Origin.Token);
        switch (reply)
        {
            case UpdateReply update when deferral == Deferral.Update:
                await rest.EditOriginalInteractionResponseAsync(application, token, update.Message, stop);
                await FollowAsync(interaction, update, stop);
                break;
            case MessageReply message when deferral == Deferral.Update:
                await rest.CreateFollowupAsync(application, token, message.Payload, stop);
                break;
            case MessageReply message when message.Ephemeral == (deferral == Deferral.EphemeralMessage):
                await rest.EditOriginalInteractionResponseAsync(application, token, message.Message, stop);
                break;
            case MessageReply message:
                // Who sees the "thinking" is settled, and the first message after it would inherit that.
                await rest.DeleteOriginalInteractionResponseAsync(application, token, stop);
                await rest.CreateFollowupAsync(application, token, message.Payload, stop);
                break;
            default:
                log.LogError("{Reply} to {Interaction} cannot follow its deferral.", reply.GetType().Name, interaction);
                await DeliverAsync(interaction, handler.Apologise(interaction, Mishap.TooLate), deferral, stop);
                break;
        }
    }

    private async Task FollowAsync(Interaction interaction, InteractionReply reply, CancellationToken stop)
    {
        if (reply is UpdateReply { Then: { } then })
            await rest.CreateFollowupAsync(interaction.Origin.ApplicationId, interaction.Origin.Token, then.Payload, stop);
    }

    private async Task<bool> IsDoneByAsync(Task work, Interaction interaction, TimeSpan within, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var done = await Task.WhenAny(work, Task.Delay(Left(interaction, within), time, enough.Token)) == work;
        await enough.CancelAsync();
        return done;
    }

    private TimeSpan Left(Interaction interaction, TimeSpan within)
    {
        var left = within - time.GetElapsedTime(interaction.Origin.ReceivedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
