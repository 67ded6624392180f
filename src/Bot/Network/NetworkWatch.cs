using System.Data.Common;
using Microsoft.Extensions.Options;
using Rally.Bot.Hosting;

namespace Rally.Bot.Network;

/// <summary>
/// Notices a network that stops sending. Whenever nothing signed came for a while, it looks: is the network there, does it still have the
/// subscription, and is there something in its log that was never sent? What was missed is read, and the members concerned are marked.
/// A network where nothing happens is looked at too, which costs it two reads.
/// </summary>
internal sealed class NetworkWatch(
    WebhookSubscription subscription, NetworkLife life, CatchUp catchUp, BotStatus status, IOptions<NetworkOptions> options,
    TimeProvider time, ILogger<NetworkWatch> log) : BackgroundService
{
    /// <summary>Looks, unless the network has been heard since the last time.</summary>
    public async Task LookAsync(bool isFirst, CancellationToken stop)
    {
        var signs = await life.ReadAsync(stop);
        if (!isFirst && signs.HeardAt is { } heard && time.GetUtcNow() - heard < options.Value.LookAtNetworkEvery)
        {
            await subscription.LoadAsync(stop);
            Say(signs.HeardAt, null);
            return;
        }

        try
        {
            var standing = await subscription.EnsureAsync(stop);
            // The network's own word counts where it is less: of what came out of turn, something before it may be missing.
            var missed = await catchUp.ExecuteAsync(Math.Min(signs.Position ?? long.MaxValue, standing.Position), stop);
            if (missed > 0)
                log.LogInformation("{Count} places of the network's log were read that had not come as events; the members concerned are looked at", missed);
            Say(time.GetUtcNow(), standing.Fault);
        }
        catch (NetworkException fault)
        {
            Say(signs.HeardAt, fault.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await status.IsSubscribed.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.LookAtNetworkEvery, time);
        var isFirst = true;
        do
        {
            try
            {
                await LookAsync(isFirst, stoppingToken);
                isFirst = false;
            }
            catch (DbException outage)
            {
                log.LogError(outage, "Whether the network still sends cannot be looked at; again in {Interval}", options.Value.LookAtNetworkEvery);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // A line when it begins and one when it ends, not one each minute.
    private void Say(DateTimeOffset? heardAt, string? fault)
    {
        var before = status.NetworkFault;
        status.NetworkIs(heardAt, fault);
        if (fault is not null && before is null)
            log.LogWarning("Nothing is heard of the network since {Since}: {Reason} Roles stay as they are until it is back", heardAt, fault);
        else if (fault is null && before is not null)
            log.LogInformation("The network is heard again");
    }
}
