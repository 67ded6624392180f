using Dapper;
using Rally.Bot.Hosting;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.Roles.Rules;

/// <summary>What earlier versions kept of tiers and of who has roles by them is taken over.</summary>
public sealed class RulesFromTiersTests
{
    private const ulong Guild = 1300000000000000001;
    private readonly FakeClock _clock = new();

    [Theory, EachEngine]
    public async Task Tiers_become_rules_and_who_had_a_role_by_them_stands(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        await ApplyAsync(database, 1, 3);
        var account = Guid.Parse("0193a8a0-0000-7000-8000-000000000001");
        await database.WriteAsync(async transaction =>
        {
            foreach (var (role, coin, enter, leave) in new[] { (13L, "PTM", 50_000_000L, 45_000_000L), (12L, "ALLIE", 1L, 1L) })
            {
                await transaction.Connection!.ExecuteAsync(
                    "INSERT INTO bot_tier (id, guild_id, coin, role_id, enter, leave, added_by, added_at) VALUES (@id, @guild, @coin, @role, @enter, @leave, 7, 1)",
                    new { id = Guid.NewGuid(), guild = (long)Guild, coin, role, enter, leave }, transaction);
            }

            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO bot_link (discord_user_id, rally_id, username, guild_id, linked_at, tokens) VALUES (101, @account, 'fan', 1, 1, @nothing)
                """, new { account, nothing = Array.Empty<byte>() }, transaction);
            foreach (var (role, outcome, at) in new[] { (13L, "Granted", 1L), (13L, "Refused", 2L), (12L, "Granted", 1L), (12L, "Removed", 3L), (99L, "Granted", 1L) })
            {
                await transaction.Connection!.ExecuteAsync("""
                    INSERT INTO bot_decision (id, guild_id, user_id, role_id, outcome, coin, enter, leave, because, detail, at)
                    VALUES (@id, @guild, 101, @role, @outcome, 'PTM', 1, 1, '', '', @at)
                    """, new { id = Guid.CreateVersion7(_clock.GetUtcNow().AddSeconds(at)), guild = (long)Guild, role, outcome, at }, transaction);
            }
        });

        await ApplyAsync(database, 4, 6);
        var dirty = new DirtyMembers(database, _clock);
        var rules = await new RuleStore(database, dirty, _clock).GetAsync(Guild, CancellationToken.None);
        Assert.Equal(1, rules.Version);
        Assert.Equal(
            RuleJson.Write(new GuildRules
            {
                Tiers =
                [
                    new(12, new CoinsHeld([new("ALLIE", new(1), new(1))], 1)), new(13, new CoinsHeld([new("PTM", Amount.Coins(50), Amount.Coins(45))], 1)),
                ],
            }),
            RuleJson.Write(rules with { Tiers = [.. rules.Tiers.OrderBy(tier => tier.Role)] }));
        var standings = await new Standings(database).ReadAsync(Guild, 101, account, CancellationToken.None);
        Assert.Equal(13UL, Assert.Single(standings).Key);
        await dirty.InTransactionAsync(async transaction =>
        {
            await dirty.MarkForCoinAsync(transaction, 101, "ALLIE", "a transfer");
            return true;
        }, CancellationToken.None);
        Assert.Equal(1, await dirty.CountAsync(CancellationToken.None));
    }

    private static async Task ApplyAsync(Database database, int first, int last)
    {
        var assembly = typeof(BotModule).Assembly;
        var other = database.Engine == Engine.Sqlite ? ".postgres." : ".sqlite.";
        foreach (var name in assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("migrations/", StringComparison.Ordinal) && !name.Contains(other, StringComparison.Ordinal))
            .Where(name => int.Parse(name.AsSpan("migrations/".Length, 4), System.Globalization.CultureInfo.InvariantCulture) is var number && number >= first && number <= last)
            .Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var sql = await reader.ReadToEndAsync();
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));
        }
    }
}
