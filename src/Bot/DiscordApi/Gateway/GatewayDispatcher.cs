using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>
/// Hands events to the handler one after the other, off the connection's own path: however slow the handler is,
/// heartbeats go on. Interactions alone are handed over as they come, side by side.
/// </summary>
internal sealed class GatewayDispatcher(Func<GatewayEvent, CancellationToken, Task> handle, ILogger log, CancellationToken stop)
{
    private readonly Channel<GatewayEvent> _events = Channel.CreateUnbounded<GatewayEvent>();
    private readonly ConcurrentDictionary<Task, bool> _interactions = [];

    public int Pending => _events.Reader.Count + _interactions.Count;

    public void Publish(GatewayEvent happened)
    {
        if (happened is not InteractionCreated)
        {
            _events.Writer.TryWrite(happened);
            return;
        }

        var handling = Task.Run(() => HandleAsync(happened), CancellationToken.None);
        _interactions[handling] = true;
        _ = handling.ContinueWith(
            done => _interactions.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Runs until <see cref="CompleteAsync"/>; when stopped, events not handled yet are dropped.</summary>
    public async Task RunAsync()
    {
        await foreach (var happened in _events.Reader.ReadAllAsync(CancellationToken.None))
        {
            if (!stop.IsCancellationRequested)
                await HandleAsync(happened);
        }
    }

    /// <summary>Takes no more, and waits for what is being handled.</summary>
    public async Task CompleteAsync(Task running)
    {
        _events.Writer.TryComplete();
        await running;
        await Task.WhenAll(_interactions.Keys);
    }

    private async Task HandleAsync(GatewayEvent happened)
    {
        try
        {
            await handle(happened, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process is going down.
        }
        catch (Exception fault)
        {
            log.LogError(fault, "Handling {Event} failed.", happened.GetType().Name);
        }
    }
}
