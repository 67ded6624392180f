using Dapper;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Bot.Roles;

/// <summary>The rules of each guild. A change of a rule marks the guild's linked members.</summary>
internal sealed class Tiers(Database database, DirtyMembers dirty, TimeProvider time)
{
    /// <summary>Adds a rule; false when the role has one already.</summary>
    public async Task<bool> AddAsync(Tier tier, ulong addedBy, CancellationToken stop)
    {
        var added = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_tier (id, guild_id, coin, role_id, enter, leave, added_by, added_at)
            VALUES (@Id, @guild, @Coin, @role, @enter, @leave, @by, @now)
            ON CONFLICT (guild_id, role_id) DO NOTHING
            """,
            new
            {
                tier.Id,
                guild = (long)tier.GuildId,
                tier.Coin,
                role = (long)tier.RoleId,
                enter = tier.Enter.MinorUnits,
                leave = tier.Leave.MinorUnits,
                by = (long)addedBy,
                now = time.GetUtcNow(),
            }, transaction), stop) > 0;
        if (added)
            await dirty.MarkGuildAsync(tier.GuildId, "a tier was added", stop);
        return added;
    }

    /// <summary>Removes the rule of a role; false when it has none. Members keep the role: nobody is stripped by an edit.</summary>
    public async Task<bool> RemoveAsync(ulong guildId, ulong roleId, CancellationToken stop) =>
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM bot_tier WHERE guild_id = @guild AND role_id = @role",
            new { guild = (long)guildId, role = (long)roleId }, transaction), stop) > 0;

    /// <summary>A guild's rules, lowest threshold first.</summary>
    public Task<IReadOnlyList<Tier>> ListAsync(ulong guildId, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<Tier>>(async connection => (await connection.QueryAsync<Row>("""
            SELECT id, guild_id, coin, role_id, enter, leave FROM bot_tier
            WHERE guild_id = @guild ORDER BY coin, enter, id
            """, new { guild = (long)guildId })).Select(row => row.ToTier()).ToList(), stop);

    /// <summary>The rules of all guilds.</summary>
    public Task<IReadOnlyList<Tier>> ListAsync(CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<Tier>>(async connection => (await connection.QueryAsync<Row>(
            "SELECT id, guild_id, coin, role_id, enter, leave FROM bot_tier ORDER BY guild_id, coin, enter, id")).Select(row => row.ToTier()).ToList(), stop);

    private sealed record Row(Guid Id, long GuildId, string Coin, long RoleId, long Enter, long Leave)
    {
        public Tier ToTier() => new(Id, (ulong)GuildId, Coin, (ulong)RoleId, new Amount(Enter), new Amount(Leave));
    }
}
