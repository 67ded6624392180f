using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Bot.Roles.Rules;

/// <summary>The rules of each guild, by version. A change adds a version and marks the guild's linked members, all in one transaction.</summary>
internal sealed class RuleStore(Database database, DirtyMembers dirty, TimeProvider time)
{
    private readonly ConcurrentDictionary<ulong, GuildRules> _latest = new();

    /// <summary>What a change came to.</summary>
    internal abstract record Changed
    {
        internal sealed record To(GuildRules Rules) : Changed;

        /// <summary>There are other rules by now than those the change was made for.</summary>
        internal sealed record Meanwhile(GuildRules Rules) : Changed;
    }

    /// <summary>The rules that hold; version 0 without tiers when there have never been any.</summary>
    public Task<GuildRules> GetAsync(ulong guildId, CancellationToken stop) => database.ReadAsync(async connection =>
    {
        var version = await connection.ExecuteScalarAsync<long?>(
            "SELECT max(version) FROM bot_rules WHERE guild_id = @guild", new { guild = (long)guildId }) ?? 0;
        if (version == 0)
            return new GuildRules { GuildId = guildId };
        // Versions are never changed, so that what was read of one can be used again.
        if (_latest.TryGetValue(guildId, out var known) && known.Version == version)
            return known;
        var row = await connection.QuerySingleAsync<Row>($"{Select} WHERE guild_id = @guild AND version = @version", new { guild = (long)guildId, version });
        return _latest[guildId] = row.ToVersion().Rules;
    }, stop);

    /// <summary>Whether these still are the rules; they stay so until the transaction ends.</summary>
    public async Task<bool> IsLatestAsync(DbTransaction transaction, GuildRules rules, CancellationToken stop)
    {
        await database.SerializeAsync(transaction, "bot.rules", stop);
        return await transaction.Connection!.ExecuteScalarAsync<long?>(
            "SELECT max(version) FROM bot_rules WHERE guild_id = @guild", new { guild = (long)rules.GuildId }, transaction) == rules.Version;
    }

    /// <summary>A version as it was; null when there is none.</summary>
    public Task<RulesVersion?> FindAsync(ulong guildId, long version, CancellationToken stop) => database.ReadAsync(async connection =>
        (await connection.QuerySingleOrDefaultAsync<Row>(
            $"{Select} WHERE guild_id = @guild AND version = @version", new { guild = (long)guildId, version }))?.ToVersion(), stop);

    /// <summary>Guilds with tiers.</summary>
    public Task<IReadOnlyList<ulong>> GuildsAsync(CancellationToken stop) => database.ReadAsync<IReadOnlyList<ulong>>(async connection =>
        [.. (await connection.QueryAsync<long>("SELECT DISTINCT guild_id FROM bot_rule_coin")).Select(id => (ulong)id)], stop);

    /// <summary>Makes these the rules, unless they were changed since <see cref="GuildRules.Version"/> of <paramref name="rules"/>.</summary>
    public Task<Changed> ChangeAsync(GuildRules rules, string change, ulong by, CancellationToken stop) =>
        dirty.InTransactionAsync(transaction => AddAsync(transaction, rules, change, by, stop), stop);

    /// <summary>
    /// Brings back the version before <paramref name="rules"/>, and how members stood then: who left by a rule since, and would be kept by
    /// the one before, is as if they had not left; who entered by one since has to meet the one before.
    /// </summary>
    /// <param name="rules">Those that hold.</param>
    /// <param name="former">Those to bring back.</param>
    public Task<Changed> UndoAsync(GuildRules rules, RulesVersion former, ulong by, CancellationToken stop) =>
        dirty.InTransactionAsync(async transaction =>
        {
            var changed = await AddAsync(transaction, former.Rules with { Version = rules.Version }, $"back to version {former.Rules.Version}", by, stop);
            if (changed is Changed.To)
                await Standings.UndoAsync(transaction, rules.GuildId, former.Rules.Version + 1, time.GetUtcNow());
            return changed;
        }, stop);

    private async Task<Changed> AddAsync(DbTransaction transaction, GuildRules rules, string change, ulong by, CancellationToken stop)
    {
        await database.SerializeAsync(transaction, "bot.rules", stop);
        var connection = transaction.Connection!;
        var guild = (long)rules.GuildId;
        var row = await connection.QueryFirstOrDefaultAsync<Row>($"{Select} WHERE guild_id = @guild ORDER BY version DESC LIMIT 1", new { guild }, transaction);
        if ((row?.Version ?? 0) != rules.Version)
            return new Changed.Meanwhile(row!.ToVersion().Rules);

        var next = rules with { Version = rules.Version + 1 };
        await connection.ExecuteAsync("""
            INSERT INTO bot_rules (guild_id, version, document, change, changed_by, changed_at)
            VALUES (@guild, @Version, @document, @change, @by, @now)
            """, new { guild, next.Version, document = RuleJson.Write(next), change, by = (long)by, now = time.GetUtcNow() }, transaction);
        await connection.ExecuteAsync("DELETE FROM bot_rule_coin WHERE guild_id = @guild", new { guild }, transaction);
        if (next.Tiers.Count > 0)
        {
            await connection.ExecuteAsync(
                "INSERT INTO bot_rule_coin (coin, guild_id) VALUES (@coin, @guild)",
                next.Tiers.SelectMany(tier => tier.Coins).Append("").Distinct().Select(coin => new { coin, guild }), transaction);
        }

        // Whoever the bot stopped for may have been heard: new rules are tried anew.
        await connection.ExecuteAsync("DELETE FROM bot_contest WHERE guild_id = @guild", new { guild }, transaction);
        await dirty.MarkGuildAsync(transaction, rules.GuildId, $"the rules changed: {change}");
        return new Changed.To(next);
    }

    private const string Select = "SELECT guild_id, version, document, change, changed_by, changed_at FROM bot_rules";

    private sealed record Row(long GuildId, long Version, string Document, string Change, long ChangedBy, DateTimeOffset ChangedAt)
    {
        public RulesVersion ToVersion() => new(
            RuleJson.Read<GuildRules>(Document) with { GuildId = (ulong)GuildId, Version = Version }, Change, (ulong)ChangedBy, ChangedAt);
    }
}
