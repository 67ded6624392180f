using Rally.Bot.Network;

namespace Rally.Bot.Roles;

/// <summary>
/// Compares what somebody holds with the roles that the bot gave them, and marks them where these do not fit: whatever way an event was
/// lost, a change of role waits no longer than from one sweep to the next.
/// </summary>
internal sealed class SweepHoldings(Tiers tiers, Decisions decisions, DirtyMembers dirty)
{
    public async Task MarkAsync(ulong userId, Holdings holdings, CancellationToken stop)
    {
        foreach (var guild in (await tiers.ListAsync(stop)).GroupBy(tier => tier.GuildId))
        {
            var changes = await decisions.LatestChangesAsync(guild.Key, userId, stop);
            var fits = guild.All(tier =>
            {
                var has = changes.GetValueOrDefault(tier.RoleId)?.Outcome == Outcome.Granted;
                return tier.Wants(holdings.Of(tier.Coin), has) == has;
            });
            if (!fits)
                await dirty.MarkAsync(guild.Key, userId, "looked at from time to time", stop);
        }
    }
}
