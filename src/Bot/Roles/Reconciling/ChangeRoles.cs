using System.Net;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Roles.Notices;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles.Reconciling;

/// <summary>
/// Gives and takes roles of one member. One role is given or taken by itself, which is safe whatever others do meanwhile; several go in
/// one request that sets the whole list, but only where no other bot may change roles, for that would lose what it changed since
/// the member was read.
/// </summary>
internal sealed class ChangeRoles(
    DiscordRest discord, GuildRoles guildRoles, Obstacles obstacles, Contests contests, Decisions decisions, ChangesUnderWay underWay, DirtyMembers dirty,
    TimeProvider time)
{
    /// <param name="onDiscord">The member as just read.</param>
    /// <param name="toChange">What is to be otherwise than it is.</param>
    /// <param name="decide">Makes a decision of an outcome and its detail.</param>
    /// <param name="made">What was decided, also when a failure ends the work.</param>
    public async Task ExecuteAsync(
        DirtyMember member, DiscordMember onDiscord, IReadOnlyList<Verdict> toChange, Func<Tier, Outcome, string, Decision> decide,
        List<Decision> made, CancellationToken stop)
    {
        var hierarchy = await guildRoles.GetAsync(member.GuildId, stop);
        var known = await obstacles.ReadAsync(member.GuildId, stop);
        var latest = await decisions.LatestAsync(member.GuildId, member.UserId, stop);
        void Refuse(Tier tier, string why)
        {
            if (decide(tier, Outcome.Refused, why) is var refused && !refused.Repeats(latest.GetValueOrDefault(tier.Role)))
                made.Add(refused);
        }

        List<Verdict> free = [];
        foreach (var verdict in toChange)
        {
            if (await WhyNotAsync(member, verdict, hierarchy, known, stop) is { } obstacle)
                Refuse(verdict.Tier, obstacle);
            else
                free.Add(verdict);
        }

        // What was changed by itself, such as by hand, says nothing of what the bot may do.
        List<ulong> worked = [];
        void Done(Verdict verdict)
        {
            made.Add(decide(verdict.Tier, Given(verdict), ""));
            worked.Add(verdict.Tier.Role);
        }

        if (free.Count > 1 && !hierarchy.AnotherBotManagesRoles && await SetAllAsync(member, onDiscord, free, stop))
        {
            free.ForEach(Done);
        }
        else
        {
            foreach (var verdict in free)
            {
                if (await ChangeOneAsync(member, verdict, hierarchy, stop) is { } refused)
                    Refuse(verdict.Tier, refused);
                else
                    Done(verdict);
            }
        }

        if (worked.Where(known.ContainsKey).ToList() is not { Count: > 0 } freeAgain)
            return;
        // What has worked for one, others may wait for.
        await dirty.InTransactionAsync(async transaction =>
        {
            foreach (var role in freeAgain)
                await Obstacles.ForgetAsync(transaction, member.GuildId, role);
            await dirty.MarkGuildAsync(transaction, member.GuildId, "roles or permissions changed");
            return true;
        }, stop);
    }

    private async Task<string?> WhyNotAsync(
        DirtyMember member, Verdict verdict, RoleHierarchy hierarchy, IReadOnlyDictionary<ulong, Obstacle> known, CancellationToken stop)
    {
        var role = verdict.Tier.Role;
        if (known.GetValueOrDefault(role) is { } before && before.Fingerprint == hierarchy.Fingerprint)
            return before.Reason;
        if (hierarchy.WhyNot(role) is { } obstacle)
        {
            await obstacles.KeepAsync(new(member.GuildId, role, hierarchy.Fingerprint, obstacle, time.GetUtcNow()), NoticeWords.Obstacle(hierarchy.NameOf(role), obstacle), stop);
            return obstacle;
        }

        return await contests.StandsAsync(member.GuildId, member.UserId, role, stop)
            || await contests.IsOneAsync(member.GuildId, member.UserId, role, Given(verdict), stop)
            ? "Somebody else, most likely another bot, keeps changing it back; the bot has stopped for a day."
            : null;
    }

    /// <returns>False when Discord refused it as a whole: then each is tried by itself, to see which one it is.</returns>
    private async Task<bool> SetAllAsync(DirtyMember member, DiscordMember onDiscord, IReadOnlyList<Verdict> free, CancellationToken stop)
    {
        var roles = onDiscord.Roles.Except(free.Select(verdict => verdict.Tier.Role))
            .Concat(free.Where(verdict => verdict.Wanted == true).Select(verdict => verdict.Tier.Role)).ToList();
        foreach (var verdict in free)
            underWay.Begin(member.GuildId, member.UserId, verdict.Tier.Role, verdict.Wanted == true);
        try
        {
            await discord.ModifyMemberAsync(member.GuildId, member.UserId, roles, $"Rally: {string.Join("; ", free.Select(ReasonWords.Of))}", stop);
            return true;
        }
        catch (DiscordApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
        {
            return false;
        }
    }

    /// <returns>Why it was refused; null when it was done.</returns>
    private async Task<string?> ChangeOneAsync(DirtyMember member, Verdict verdict, RoleHierarchy hierarchy, CancellationToken stop)
    {
        var role = verdict.Tier.Role;
        underWay.Begin(member.GuildId, member.UserId, role, verdict.Wanted == true);
        try
        {
            var reason = $"Rally: {ReasonWords.Of(verdict)}";
            await (verdict.Wanted == true
                ? discord.AddMemberRoleAsync(member.GuildId, member.UserId, role, reason, stop)
                : discord.RemoveMemberRoleAsync(member.GuildId, member.UserId, role, reason, stop));
            return null;
        }
        catch (DiscordApiException refused) when (refused.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            // Asking again would give the same answer, unless it was about this member alone, who has left.
            guildRoles.Forget(member.GuildId);
            // What was read before may be older than what it was refused for, and come back one day.
            hierarchy = await guildRoles.GetAsync(member.GuildId, stop);
            var said = $"Discord said: {refused.Reason} (code {refused.Code}).";
            if (refused.Code is not (DiscordErrorCode.UnknownMember or DiscordErrorCode.UnknownUser))
                await obstacles.KeepAsync(new(member.GuildId, role, hierarchy.Fingerprint, said, time.GetUtcNow()), NoticeWords.Obstacle(hierarchy.NameOf(role), said), stop);
            return said;
        }
    }

    private static Outcome Given(Verdict verdict) => verdict.Wanted == true ? Outcome.Granted : Outcome.Removed;
}
