using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Rally.Sandbox.DiscordServer.State;
using Channel = System.Threading.Channels.Channel;

namespace Rally.Sandbox.Pages;

/// <summary>Server-Sent Events of what changes, as the member in ?memberId= may see it; a client that lost some reads /state again.</summary>
internal sealed class EventStream(World world, CancellationToken stop)
{
    private const int MaxQueued = 1_000;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public async Task RunAsync(HttpContext http)
    {
        var viewer = ulong.TryParse(http.Request.Query["memberId"], out var id) ? id : (ulong?)null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, http.RequestAborted);
        var queue = Channel.CreateBounded<Change>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
        void Hear(Change change)
        {
            if (IsFor(change, viewer) && !queue.Writer.TryWrite(change))
                queue.Writer.TryComplete(); // Too slow: it connects again and reads the whole state.
        }

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        world.Listen(Hear);
        try
        {
            await WriteAsync(http, ": connected\n\n", either.Token);
            while (await MayReadAsync(http, queue.Reader, either.Token))
            {
                while (queue.Reader.TryRead(out var change))
                    await WriteAsync(http, $"event: {change.Name}\ndata: {change.Data.ToJsonString()}\n\n", either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The page went, or the server stops.
        }
        finally
        {
            world.StopListening(Hear);
        }
    }

    private async Task<bool> MayReadAsync(HttpContext http, ChannelReader<Change> reader, CancellationToken stop)
    {
        var next = reader.WaitToReadAsync(stop).AsTask();
        while (await Task.WhenAny(next, Task.Delay(KeepAlive, world.Time, stop)) != next)
            await WriteAsync(http, ": still here\n\n", stop);
        return await next;
    }

    /// <summary>A direct channel's messages are for its member, interactions and ephemeral messages for whom they name.</summary>
    private bool IsFor(Change change, ulong? viewer)
    {
        if (change.OnlyFor is { } only)
            return only == viewer;
        if (change.Name == "INTERACTION_CREATE")
            return false;
        if (change.Data["channel_id"] is not { } channel || change.Data["guild_id"] is not null)
            return true;
        return world.Data.Channels[ulong.Parse($"{channel}", System.Globalization.CultureInfo.InvariantCulture)].RecipientId == viewer;
    }

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken stop)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
        await http.Response.Body.FlushAsync(stop);
    }
}
