using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Streams;

/// <summary>
/// Sends one reader its events as the event stream of the HTML standard. It asks the log for more only once what it has is on its way,
/// so a reader costs no more memory however far behind it is; the framework's own server-sent events have neither comments nor an end
/// for who does not read.
/// </summary>
internal sealed class EventStream(FeedTail tail, WriteMessage write, TimeProvider time)
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
    /// <param name="stop">Ends it; nothing else does.</param>
    /// <exception cref="TimeoutException">The reader is too slow.</exception>
    public async Task RunAsync(PipeWriter body, string clientId, EventFilter filter, Cursor after, CancellationToken stop)
    {
        var (passed, told) = (after, after);
        // The reader is told at once where it is: should it be cut off before the first event, it has something to come back with.
        Write(body, $"retry: 2000\nid: {EventCursor.Text(after)}\n\n");
        await FlushAsync(body, stop);
        var sent = time.GetTimestamp();
        using var follower = tail.Follow(filter, endpoint: null);
        while (true)
        {
            var left = KeepAliveEvery - time.GetElapsedTime(sent);
            var hasMore = false;
            if (left > TimeSpan.Zero)
                (passed, hasMore) = await tail.WaitAsync(follower, passed, left, stop);
            stop.ThrowIfCancellationRequested();
            foreach (var happened in hasMore ? await tail.ReadAsync(passed, stop) : [])
            {
                passed = passed.Past(happened);
                if (!filter.Wants(happened)
                    || await write.BodyAsync(clientId, EventFormat.Standard, filter.Coins, happened, stop) is not { } data)
                    continue;
                Write(body, passed, happened.Type, data);
                (told, sent) = (passed, time.GetTimestamp());
                if (body.UnflushedBytes >= FlushAtBytes)
                    await FlushAsync(body, stop);
            }

            if (time.GetElapsedTime(sent) >= KeepAliveEvery)
            {
                // An id without data is no event, and saves who asked for little the way past all else when it comes back.
                Write(body, passed == told ? ":\n\n" : $":\nid: {EventCursor.Text(passed)}\n\n");
                (told, sent) = (passed, time.GetTimestamp());
            }

            if (body.UnflushedBytes > 0)
                await FlushAsync(body, stop);
        }
    }

    // Bodies are JSON on one line, as the standard's data field needs it.
    private static void Write(PipeWriter body, Cursor passed, string type, byte[] data)
    {
        Write(body, $"id: {EventCursor.Text(passed)}\nevent: {type}\ndata: ");
        body.Write(data);
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
