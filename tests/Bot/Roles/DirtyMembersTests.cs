using Dapper;
using Rally.Bot.Hosting;
using Rally.Bot.Linking;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.Roles;

public sealed class DirtyMembersTests
{
    private const ulong Guild = 1300000000000000001;
    private const ulong Gold = 13;
    private const ulong Fan = ulong.MaxValue - 5; // snowflakes use all 64 bits one day
    private readonly FakeClock _clock = new();

    [Theory, EachEngine]
    public async Task Marks_of_one_member_collapse_and_one_made_meanwhile_is_not_lost(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var dirty = new DirtyMembers(database, _clock);
        await dirty.MarkAsync(Guild, Fan, "first", CancellationToken.None);
        await dirty.MarkAsync(Guild, Fan, "second", CancellationToken.None);
        var member = Assert.Single(await dirty.DueAsync(10, CancellationToken.None));
        Assert.Equal((Guild, Fan, "second"), (member.GuildId, member.UserId, member.Because));

        await dirty.MarkAsync(Guild, Fan, "meanwhile", CancellationToken.None);
        Assert.False(await database.WriteAsync(transaction => DirtyMembers.ClearAsync(transaction, member)));
        member = Assert.Single(await dirty.DueAsync(10, CancellationToken.None));
        Assert.Equal("meanwhile", member.Because);
        Assert.Equal(member, await dirty.FindDueAsync(Guild, Fan, CancellationToken.None));
        Assert.True(await database.WriteAsync(transaction => DirtyMembers.ClearAsync(transaction, member)));
        Assert.Equal(0, await dirty.CountAsync(CancellationToken.None));
        Assert.Null(await dirty.FindDueAsync(Guild, Fan, CancellationToken.None));
    }

    [Theory, EachEngine]
    public async Task A_postponed_member_is_due_later_and_at_once_when_marked_again(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var dirty = new DirtyMembers(database, _clock);
        await dirty.MarkAsync(Guild, Fan, "first", CancellationToken.None);
        await dirty.PostponeAsync((await dirty.DueAsync(1, CancellationToken.None))[0], TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.Empty(await dirty.DueAsync(1, CancellationToken.None));
        Assert.Null(await dirty.FindDueAsync(Guild, Fan, CancellationToken.None));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, Assert.Single(await dirty.DueAsync(1, CancellationToken.None)).Attempts);

        await dirty.PostponeAsync((await dirty.DueAsync(1, CancellationToken.None))[0], TimeSpan.FromMinutes(5), CancellationToken.None);
        await dirty.MarkAsync(Guild, Fan, "again", CancellationToken.None);
        Assert.Equal(0, Assert.Single(await dirty.DueAsync(1, CancellationToken.None)).Attempts);
    }

    [Theory, EachEngine]
    public async Task A_coins_movement_marks_its_holders_where_a_tier_asks_for_that_coin(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var dirty = new DirtyMembers(database, _clock);
        var links = new Links(database, dirty);
        var rules = new RuleStore(database, dirty, _clock);
        var link = new Link(Fan, Guid.CreateVersion7(_clock.GetUtcNow()), "fan", Guild, _clock.GetUtcNow(), null);
        Assert.IsType<Links.MakeResult.Made>(await links.MakeAsync(link, [1], CancellationToken.None));
        var tier = new Tier(Gold, new CoinsHeld([new("PTM", Amount.Coins(50), Amount.Coins(45))], 1));
        Assert.IsType<RuleStore.Changed.To>(await rules.ChangeAsync(new GuildRules { GuildId = Guild }.With(tier), "a test", by: 1, CancellationToken.None));
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("DELETE FROM bot_dirty", transaction: transaction));

        await dirty.InTransactionAsync(async transaction =>
        {
            var holders = await Links.FindByRallyIdsAsync(transaction, link.RallyId, null);
            Assert.Equal([Fan], holders);
            await dirty.MarkForCoinAsync(transaction, Fan, "ALLIE", "another coin");
            return true;
        }, CancellationToken.None);
        Assert.Equal(0, await dirty.CountAsync(CancellationToken.None));
        await dirty.InTransactionAsync(async transaction =>
        {
            await dirty.MarkForCoinAsync(transaction, Fan, "PTM", "its coin");
            return true;
        }, CancellationToken.None);
        Assert.Equal("its coin", Assert.Single(await dirty.DueAsync(1, CancellationToken.None)).Because);
    }

    [Theory, EachEngine]
    public async Task Decisions_are_read_back_newest_first_and_changes_apart_from_refusals(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var decisions = new Decisions(database);
        Decision Decided(Outcome outcome, Amount? holding, string detail)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return new(Guild, Fan, Gold, outcome, "PTM", holding, Amount.Coins(50), Amount.Coins(45), "a test", detail, _clock.GetUtcNow());
        }

        var given = Decided(Outcome.Granted, Amount.Coins(60), "");
        var refused = Decided(Outcome.Refused, null, "drag the role");
        await database.WriteAsync(transaction => Decisions.KeepAsync(transaction, [given, refused]));
        Assert.Equal([refused, given], await decisions.HistoryAsync(Guild, Fan, 10, CancellationToken.None));
        Assert.Equal(refused, (await decisions.LatestAsync(Guild, Fan, CancellationToken.None))[Gold]);
        Assert.Equal(given, (await decisions.LatestChangesAsync(Guild, Fan, CancellationToken.None))[Gold]);
        Assert.Empty(await decisions.LatestAsync(Guild, userId: 5, CancellationToken.None));
        Assert.True(Decided(Outcome.Refused, null, "drag the role").Repeats(refused));
        Assert.False(Decided(Outcome.Refused, null, "another reason").Repeats(refused));
        Assert.False(Decided(Outcome.Granted, null, "").Repeats(given));
    }

    [Theory, EachEngine]
    public async Task A_fan_who_waits_goes_before_sweeps_and_these_take_the_guilds_in_turns(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var dirty = new DirtyMembers(database, _clock);
        foreach (var (guild, user) in new (ulong, ulong)[] { (1, 11), (1, 12), (1, 13), (2, 21), (2, 22) })
        {
            await dirty.MarkAsync(guild, user, "a sweep", CancellationToken.None, Urgency.Sweep);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await dirty.MarkAsync(1, 14, "a transfer", CancellationToken.None);
        Assert.Equal([14UL, 11, 21, 12, 22, 13], (await dirty.DueAsync(10, CancellationToken.None)).Select(member => member.UserId));
        Assert.Equal(14UL, Assert.Single(await dirty.DueAsync(10, CancellationToken.None, Urgency.Fan)).UserId);

        // Something happens to one of the sweep, and a sweep does not make that less urgent.
        await dirty.MarkAsync(1, 13, "a transfer", CancellationToken.None);
        await dirty.MarkAsync(1, 13, "a sweep", CancellationToken.None, Urgency.Sweep);
        Assert.Equal([(13UL, "a transfer"), (14UL, "a transfer")],
            (await dirty.DueAsync(10, CancellationToken.None, Urgency.Fan)).Select(member => (member.UserId, member.Because)).Order());
    }

    [Fact]
    public async Task A_mark_wakes_whoever_waits_and_time_does_too()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(store);
        var dirty = new DirtyMembers(database, _clock);
        var waiting = dirty.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await dirty.MarkAsync(Guild, Fan, "a mark", CancellationToken.None);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));

        waiting = dirty.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private async Task<Database> OpenAsync(TestDatabase store)
    {
        var database = Database.Open(store.Setting);
        await new Migrator(database, [new MigrationSet("bot", typeof(BotModule).Assembly)], _clock).RunAsync();
        return database;
    }
}
