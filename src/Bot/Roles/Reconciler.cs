using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;
using Rally.Bot.Roles.Reconciling;

namespace Rally.Bot.Roles;

/// <summary>
/// Takes marked members, several at a time, never the same one twice at once. Fans who wait have places of their own, so that no sweep is
/// before them; of a sweep no guild takes all places.
/// </summary>
internal sealed class Reconciler(
    DirtyMembers dirty, ReconcileMember reconcile, Installation installation, Jitter jitter, TimeProvider time, ILogger<Reconciler> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly MembersUnderWay _underWay = new();
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), jitter);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await installation.GetAsync(stoppingToken);
        await Task.WhenAll(
            RunAsync(new(Urgency.Fan, AtOnce: 4, OfOneGuild: 4), stoppingToken),
            RunAsync(new(Urgency.Sweep, AtOnce: 8, OfOneGuild: 4), stoppingToken));
    }

    private async Task RunAsync(Lane lane, CancellationToken stop)
    {
        using var places = new SemaphoreSlim(lane.AtOnce, lane.AtOnce);
        try
        {
            var (waiting, readAt) = (new List<DirtyMember>(), time.GetTimestamp());
            while (!stop.IsCancellationRequested)
            {
                if (waiting.Count == 0 || time.GetElapsedTime(readAt) >= LookAgain)
                    (waiting, readAt) = (await DueAsync(lane, stop), time.GetTimestamp());

                var started = waiting.RemoveAll(member => places.CurrentCount > 0 && _underWay.TryBegin(member, lane.OfOneGuild) && Start(member, lane, places, stop));
                if (started == 0)
                    await dirty.WaitAsync(LookAgain, stop, lane.Urgency);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process is going down.
        }
        finally
        {
            for (var i = 0; i < lane.AtOnce; i++)
                await places.WaitAsync(CancellationToken.None); // lets those under way finish
        }
    }

    // Only a lane's own loop takes places, so that one it has seen is still there.
    private bool Start(DirtyMember member, Lane lane, SemaphoreSlim places, CancellationToken stop)
    {
        places.Wait(CancellationToken.None);
        _ = Task.Run(() => LookAtAsync(member, lane, places, stop), CancellationToken.None);
        return true;
    }

    private async Task<List<DirtyMember>> DueAsync(Lane lane, CancellationToken stop)
    {
        try
        {
            if (lane.Urgency == Urgency.Sweep)
                await dirty.MarkTimedAsync(stop);
            return [.. await dirty.DueAsync(16 * lane.AtOnce, stop, lane.Urgency)];
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException && !stop.IsCancellationRequested)
        {
            log.LogError(fault, "The members to look at cannot be read; trying again");
            return [];
        }
    }

    private async Task LookAtAsync(DirtyMember member, Lane lane, SemaphoreSlim places, CancellationToken stop)
    {
        var again = false;
        try
        {
            // The list may be older than the end of a look at the same member, which would then be done twice.
            if (await dirty.FindDueAsync(member.GuildId, member.UserId, stop) is not { } due)
                return;
            member = due;
            again = !await reconcile.ExecuteAsync(member, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The mark stays for the next start.
        }
#pragma warning disable CA1031 // whatever went wrong with one member must not stop the others; the mark stays
        catch (Exception fault)
#pragma warning restore CA1031
        {
            await PostponeAsync(member, fault);
        }
        finally
        {
            again |= _underWay.End(member);
            places.Release();
            if (again)
                dirty.Wake();
            else
                dirty.Wake(lane.Urgency);
        }
    }

    private async Task PostponeAsync(DirtyMember member, Exception fault)
    {
        var delay = _backoff.After((int)Math.Min(member.Attempts, 20) + 1);
        var expected = fault is NetworkException or DiscordApiException or DiscordStoppedException or HttpRequestException;
        log.Log(
            expected ? LogLevel.Warning : LogLevel.Error, expected ? null : fault,
            "Roles of {User} in {Guild} cannot be settled now, again in {Delay}: {Fault}",
            member.UserId, member.GuildId, delay, fault.Message);
        try
        {
            await dirty.PostponeAsync(member, delay, CancellationToken.None);
        }
        catch (System.Data.Common.DbException unwritten)
        {
            log.LogError(unwritten, "The store does not take writes; trying again");
        }
    }

    private sealed record Lane(Urgency Urgency, int AtOnce, int OfOneGuild);
}
