using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Reconciling;
using Rally.Bot.Roles.Rules;
using Rally.Bot.Tests.Roles.Town;
using Rally.Ledger.Amounts;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.Roles.Reconciling;

public sealed class ReconcilerTests
{
    private const ulong Gold = 13;
    private const ulong Silver = 12;
    private const ulong Fan = 101;
    private const ulong Guild = PretendDiscord.Guild;
    private static readonly Guid Account = Guid.Parse("0193a8a0-0000-7000-8000-000000000001");
    private static readonly Tier GoldTier = new(Gold, new CoinsHeld([new("PTM", Amount.Coins(50), Amount.Coins(45))], 1));

    [Theory, EachEngine]
    public async Task A_role_that_discord_refuses_is_asked_for_once_told_once_and_tried_again_when_roles_change(Engine engine)
    {
        await using var town = await StartAsync(engine, GoldTier);
        town.Discord.Faults = request => request.Method == HttpMethod.Put ? PretendDiscord.Fault.Forbidden : PretendDiscord.Fault.None;
        await HoldAsync(town, 60);
        await town.SendAsync("PTM", null, Account, Amount.Coins(1));
        await town.SettleAsync();
        await town.SweepAsync();
        await town.SettleAsync();
        Assert.Single(town.Discord.Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));

        // Also after a restart, for it is kept; and another member does not ask again.
        await town.StopAsync();
        await town.StartAsync();
        town.Discord.Join(102);
        await town.LinkAsync(102, Guid.NewGuid());
        await town.SendAsync("PTM", null, (await town.Links.FindAsync(102, CancellationToken.None))!.RallyId, Amount.Coins(60));
        await town.SettleAsync();
        Assert.Single(town.Discord.Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
        await town.TellAsync();
        var told = Assert.Single(town.Discord.Messages);
        Assert.Equal(PretendDiscord.Owner, told.Channel);
        Assert.Contains("role 13", told.Text, StringComparison.Ordinal);

        town.Discord.Faults = _ => PretendDiscord.Fault.None;
        town.Discord.MoveRole(Silver, 40);
        await town.SettleAsync();
        await town.SweepAsync();
        await town.SettleAsync();
        Assert.True(town.Discord.Has(Fan, Gold));
        Assert.True(town.Discord.Has(102, Gold));
        await town.TellAsync();
        Assert.Single(town.Discord.Messages);
    }

    [Theory, EachEngine]
    public async Task Two_bots_that_fight_over_a_role_are_noticed_stopped_and_reported(Engine engine)
    {
        await using var town = await StartAsync(engine, GoldTier);
        await HoldAsync(town, 60);
        for (var i = 0; i < 10; i++)
        {
            if (town.Discord.Has(Fan, Gold))
                town.Discord.SetByHand(Fan, Gold, give: false);
            town.Clock.Advance(TimeSpan.FromSeconds(5));
            await town.SettleAsync();
        }

        Assert.False(town.Discord.Has(Fan, Gold));
        Assert.Equal(Contests.MostTimes, town.Discord.Requests.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)));
        await town.TellAsync();
        Assert.Contains("another bot", Assert.Single(town.Discord.Messages).Text, StringComparison.Ordinal);
        Assert.Equal(Outcome.Refused, (await town.Decisions.HistoryAsync(Guild, Fan, 1, CancellationToken.None))[0].Outcome);

        // After a day it is tried again, and new rules are tried at once.
        town.Clock.Jump(Contests.TryAgainAfter + TimeSpan.FromMinutes(1));
        await town.Dirty.MarkAsync(Guild, Fan, "a test", CancellationToken.None);
        await town.SettleAsync();
        Assert.True(town.Discord.Has(Fan, Gold));
    }

    [Fact]
    public async Task A_holding_that_goes_up_and_down_is_no_fight()
    {
        await using var town = await StartAsync(Engine.Sqlite, GoldTier);
        for (var i = 0; i < 5; i++)
        {
            await HoldAsync(town, 60);
            Assert.True(town.Discord.Has(Fan, Gold));
            await town.SendAsync("PTM", Account, null, Amount.Coins(60));
            await town.SettleAsync();
            Assert.False(town.Discord.Has(Fan, Gold));
        }
    }

    [Theory]
    [InlineData(false, 1, 0)]
    [InlineData(true, 0, 2)]
    public async Task Several_roles_go_in_one_request_unless_another_bot_may_change_roles(bool isAnother, int patches, int puts)
    {
        await using var town = await StartAsync(Engine.Sqlite, GoldTier, GoldTier with { Role = Silver });
        if (isAnother)
            town.Discord.AddRole(new(60, "Other bot", 2, Permissions.ManageRoles, Managed: true, Tags: new(BotId: 61)));
        town.Discord.SetByHand(Fan, 15, give: true);
        await town.SettleAsync();
        town.Discord.Requests.Clear();
        await HoldAsync(town, 60);
        Assert.True(town.Discord.Has(Fan, Gold) && town.Discord.Has(Fan, Silver) && town.Discord.Has(Fan, 15));
        Assert.Equal(patches, town.Discord.Requests.Count(request => request.StartsWith("PATCH", StringComparison.Ordinal)));
        Assert.Equal(puts, town.Discord.Requests.Count(request => request.StartsWith("PUT", StringComparison.Ordinal)));
    }

    [Theory, EachEngine]
    public async Task A_grace_is_told_to_the_member_once_and_ends_by_itself_also_over_a_restart(Engine engine)
    {
        await using var town = await StartAsync(engine, GoldTier with { Grace = TimeSpan.FromDays(3) });
        await HoldAsync(town, 60);
        await town.SendAsync("PTM", Account, null, Amount.Coins(30));
        await town.SettleAsync();
        await town.SendAsync("PTM", Account, null, Amount.Coins(5));
        await town.SettleAsync();
        await town.TellAsync();
        var told = Assert.Single(town.Discord.Messages);
        Assert.Equal(Fan, told.Channel);
        Assert.Contains("45 PTM keep it", told.Text, StringComparison.Ordinal);
        Assert.True(town.Discord.Has(Fan, Gold));

        await town.StopAsync();
        town.Clock.Jump(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1));
        await town.StartAsync();
        await town.SettleAsync();
        Assert.True(town.Discord.Has(Fan, Gold));
        town.Clock.Jump(TimeSpan.FromMinutes(1));
        // Nothing happens but time: the mark that is due then does it.
        await Eventually.TrueAsync(() =>
        {
            town.Clock.Advance(TimeSpan.FromMilliseconds(100));
            return !town.Discord.Has(Fan, Gold);
        }, "Gold is gone");
    }

    [Theory, EachEngine]
    public async Task Undo_brings_back_who_had_a_role_by_the_rules_before(Engine engine)
    {
        await using var town = await StartAsync(engine, GoldTier);
        await HoldAsync(town, 60);
        await town.SendAsync("PTM", Account, null, Amount.Coins(13)); // 47: stays, and would not enter
        await town.SettleAsync();
        var before = (await town.Rules.FindAsync(Guild, 1, CancellationToken.None))!;
        var edited = await town.ChangeAsync(rules => rules.With(GoldTier with { When = new CoinsHeld([new("PTM", Amount.Coins(50), Amount.Coins(48))], 1) }));
        await town.SettleAsync();
        Assert.False(town.Discord.Has(Fan, Gold));

        Assert.IsType<RuleStore.Changed.Meanwhile>(await town.Rules.UndoAsync(before.Rules, before, 1, CancellationToken.None));
        var undone = Assert.IsType<RuleStore.Changed.To>(await town.Rules.UndoAsync(edited, before, 1, CancellationToken.None));
        await town.SettleAsync();
        Assert.True(town.Discord.Has(Fan, Gold));
        Assert.Equal(3, undone.Rules.Version);
        Assert.Equal(RuleJson.Write(before.Rules), RuleJson.Write((await town.Rules.GetAsync(Guild, CancellationToken.None)) with { Version = 1 }));
    }

    [Theory, EachEngine]
    public async Task Who_leaves_loses_the_roles_on_record_and_has_them_back_by_the_threshold_to_stay(Engine engine)
    {
        await using var town = await StartAsync(engine, GoldTier);
        await HoldAsync(town, 60);
        await town.SendAsync("PTM", Account, null, Amount.Coins(13));
        await town.SettleAsync();
        town.Discord.Leave(Fan);
        await town.SettleAsync();
        Assert.Equal(("left the server", Outcome.Removed), (await town.Decisions.HistoryAsync(Guild, Fan, 1, CancellationToken.None)).Select(made => (made.Detail, made.Outcome)).Single());
        town.Discord.Join(Fan);
        await town.SettleAsync();
        Assert.True(town.Discord.Has(Fan, Gold));
    }

    [Fact]
    public async Task A_channel_is_opened_to_the_role_and_what_else_it_allows_stays()
    {
        await using var town = await StartAsync(Engine.Sqlite, GoldTier with { Channel = 77 });
        town.Discord.Channels[77] = [new(Guild, 0, Permissions.None, Permissions.ViewChannel), new(Gold, 0, Permissions.EmbedLinks, Permissions.SendMessages | Permissions.ManageMessages)];
        await town.SweepAsync();
        var gold = town.Discord.Channels[77].Single(one => one.Id == Gold);
        Assert.Equal(new(Gold, 0, Permissions.EmbedLinks | KeepChannels.Open, Permissions.ManageMessages), gold);
        Assert.Equal(2, town.Discord.Channels[77].Count);
        var asked = town.Discord.Requests.Count(request => request.StartsWith("PUT channels", StringComparison.Ordinal));
        await town.SweepAsync();
        Assert.Equal(asked, town.Discord.Requests.Count(request => request.StartsWith("PUT channels", StringComparison.Ordinal)));

        // A channel that is gone is told of once.
        town.Discord.Channels.Clear();
        await town.SweepAsync();
        await town.SweepAsync();
        await town.TellAsync();
        Assert.Contains("<#77>", Assert.Single(town.Discord.Messages).Text, StringComparison.Ordinal);
    }

    private static async Task<RoleTown> StartAsync(Engine engine, params Tier[] tiers)
    {
        var town = await RoleTown.BuildAsync(engine, [Silver, Gold, 14, 15], "PTM");
        town.Discord.Join(Fan);
        await town.LinkAsync(Fan, Account);
        await town.ChangeAsync(rules => rules with { Tiers = tiers });
        await town.SettleAsync();
        return town;
    }

    private static async Task HoldAsync(RoleTown town, long coins)
    {
        await town.SendAsync("PTM", null, Account, Amount.Coins(coins));
        await town.SettleAsync();
    }
}
