using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Streams;

/// <summary>
/// Sends one reader its events as the event stream of the HTML standard. It asks the log for more only once what it has is on its way,
/// so a reader costs no more memory however far behind it is; the framework's own server-sent events have neither comments nor an end
/// for who does not read.
/// </summary>
internal sealed class EventStream(FeedTail tail, ISubscribers subscribers, TimeProvider time)
{
    /// <summary>Something is sent at least this often, so that nobody in between takes the connection for dead.</summary>
    public static readonly TimeSpan KeepAliveEvery = TimeSpan.FromSeconds(15);

    /// <summary>A reader that takes nothing for so long is cut off; it comes back where it was.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(30);

    private const int FlushAtBytes = 16 * 1024;

    /// <param name="body">Where to.</param>
    /// <param name="clientId">Whose stream it is.</param>
    /// <param name="filter">What it asked for.</param>
    /// <param name="after">Where it goes on.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="TimeoutException">The reader is too slow.</exception>
    public async Task RunAsync(PipeWriter body, string clientId, EventFilter filter, EventCursor after, CancellationToken stop)
    {
        var (passed, told) = (after.Position, after.Position);
        // The reader is told at once where it is: should it be cut off before the first event, it has something to come back with.
        Write(body, $"retry: 2000\nid: {after}\n\n");
        await FlushAsync(body, stop);
        var sent = time.GetTimestamp();
        while (await subscribers.FindAsync(clientId, stop) == SubscriberState.Active)
        {
            if (await HasMoreAsync(passed, KeepAliveEvery - time.GetElapsedTime(sent), stop))
            {
                foreach (var posted in await tail.ReadAsync(passed, stop))
                {
                    passed = posted.Position;
                    if (!filter.Wants(posted))
                        continue;
                    Write(body, posted);
                    (told, sent) = (passed, time.GetTimestamp());
                    if (body.UnflushedBytes >= FlushAtBytes)
                        await FlushAsync(body, stop);
                }
            }

            if (time.GetElapsedTime(sent) >= KeepAliveEvery)
            {
                // An id without data is no event, and saves who asked for little the way past all else when it comes back.
                Write(body, passed == told ? ":\n\n" : $":\nid: {new EventCursor(passed)}\n\n");
                (told, sent) = (passed, time.GetTimestamp());
            }

            if (body.UnflushedBytes > 0)
                await FlushAsync(body, stop);
        }
    }

    private async Task<bool> HasMoreAsync(long position, TimeSpan atMost, CancellationToken stop)
    {
        if (atMost <= TimeSpan.Zero)
            return false;
        using var enough = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        try
        {
            await tail.WaitAsync(position, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    // Bodies are JSON on one line, as the standard's data field needs it.
    private static void Write(PipeWriter body, WebhookEvent posted)
    {
        Write(body, $"id: {new EventCursor(posted.Position)}\nevent: {WebhookEvent.TransferPosted}\ndata: ");
        body.Write(posted.Body);
        Write(body, "\n\n");
    }

    private static void Write(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);

    private async Task FlushAsync(PipeWriter body, CancellationToken stop)
    {
        var flushing = body.FlushAsync(stop);
        if (!flushing.IsCompletedSuccessfully)
            await flushing.AsTask().WaitAsync(SlowAfter, time, stop);
    }
}
