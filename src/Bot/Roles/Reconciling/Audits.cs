using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Extensions.Options;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Network;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>Audits each guild with tiers from time to time, one after the other, and those that something happened to at once.</summary>
internal sealed class Audits(
    AuditGuild audit, RuleStore ruleStore, Installation installation, IOptions<RolesOptions> options, TimeProvider time, ILogger<Audits> log) : BackgroundService
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<ulong, bool> _asked = new();
    private readonly WakeCall _call = new(time);

    /// <summary>Audits a guild soon: what happened there may have been missed.</summary>
    public void Ask(ulong guildId)
    {
        _asked[guildId] = true;
        _call.Wake();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await installation.GetAsync(stoppingToken);
        var allAt = time.GetUtcNow() + options.Value.AuditEvery;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (time.GetUtcNow() >= allAt)
            {
                allAt = time.GetUtcNow() + options.Value.AuditEvery;
                await TryAsync(async () =>
                {
                    foreach (var guildId in await ruleStore.GuildsAsync(stoppingToken))
                        _asked[guildId] = true;
                }, stoppingToken);
            }

            var failed = new List<ulong>();
            foreach (var guildId in _asked.Keys)
            {
                _asked.TryRemove(guildId, out _);
                if (!await TryAsync(() => audit.ExecuteAsync(guildId, stoppingToken), stoppingToken))
                    failed.Add(guildId);
            }

            failed.ForEach(guildId => _asked[guildId] = true);
            var untilAll = allAt - time.GetUtcNow();
            await _call.WaitAsync(failed.Count > 0 && TryAgain < untilAll ? TryAgain : untilAll > TimeSpan.Zero ? untilAll : TimeSpan.FromTicks(1), stoppingToken);
        }
    }

    private async Task<bool> TryAsync(Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception fault) when (fault is DiscordApiException or DiscordStoppedException or HttpRequestException or DbException or InvalidOperationException && !stop.IsCancellationRequested)
        {
            log.LogWarning("A server could not be audited, again in {Delay}: {Reason}", TryAgain, fault.Message);
            return false;
        }
    }
}
