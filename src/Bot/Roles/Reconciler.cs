using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;

namespace Rally.Bot.Roles;

/// <summary>Takes marked members one after the other, several at a time, never the same one twice at once.</summary>
internal sealed class Reconciler(
    DirtyMembers dirty, ReconcileMember reconcile, Installation installation, Jitter jitter, ILogger<Reconciler> log) : BackgroundService
{
    private const int AtOnce = 8;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly HashSet<(ulong Guild, ulong User)> _underWay = [];
    private readonly HashSet<(ulong Guild, ulong User)> _dueAgain = [];
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), jitter);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await installation.GetAsync(stoppingToken);
        using var places = new SemaphoreSlim(AtOnce, AtOnce);
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = 0;
            foreach (var member in await DueAsync(stoppingToken))
            {
                if (!TryBegin(member))
                    continue;
                await places.WaitAsync(stoppingToken);
                started++;
                _ = Task.Run(() => LookAtAsync(member, places, stoppingToken), CancellationToken.None);
            }

            if (started == 0)
                await dirty.WaitAsync(LookAgain, stoppingToken);
        }

        for (var i = 0; i < AtOnce; i++)
            await places.WaitAsync(CancellationToken.None); // lets those under way finish
    }

    private async Task<IReadOnlyList<DirtyMember>> DueAsync(CancellationToken stop)
    {
        try
        {
            return await dirty.DueAsync(4 * AtOnce, stop);
        }
        catch (Exception fault) when (fault is System.Data.Common.DbException && !stop.IsCancellationRequested)
        {
            log.LogError(fault, "The members to look at cannot be read; trying again");
            return [];
        }
    }

    private async Task LookAtAsync(DirtyMember member, SemaphoreSlim places, CancellationToken stop)
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
            again |= End(member);
            places.Release();
            if (again)
                dirty.Wake();
        }
    }

    /// <returns>False when the member is being looked at; then <see cref="End"/> will say that they are due again.</returns>
    private bool TryBegin(DirtyMember member)
    {
        lock (_gate)
        {
            var key = (member.GuildId, member.UserId);
            if (_underWay.Add(key))
                return true;
            _dueAgain.Add(key);
            return false;
        }
    }

    /// <returns>Whether the member was found due meanwhile, possibly by a mark made after theirs was cleared.</returns>
    private bool End(DirtyMember member)
    {
        lock (_gate)
        {
            var key = (member.GuildId, member.UserId);
            _underWay.Remove(key);
            return _dueAgain.Remove(key);
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
}
