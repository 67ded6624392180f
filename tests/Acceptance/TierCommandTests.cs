using Rally.Bot.Roles.Rules;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The rules of a server, made, changed, asked about and undone as people do, with all that can be typed wrongly.</summary>
public sealed class TierCommandTests(TierCommandTests.SharedTown shared) : IClassFixture<TierCommandTests.SharedTown>
{
    private Town Town => shared.Town!;

    private ulong Silver => Town.Discord.RoleId("Silver");

    [Theory]
    [InlineData("Name at least one of")]
    [InlineData("go with `enter`", "leave", "5")]
    [InlineData("go with `enter`", "held_for", "5d")]
    [InlineData("is not a duration", "enter", "5", "held_for", "soon")]
    [InlineData("from a minute to 365 days", "enter", "5", "held_for", "400d")]
    [InlineData("There is no coin", "enter", "5", "coin", "NOPE")]
    [InlineData("is not an amount and a coin", "coins", "50PTM")]
    [InlineData("There is no coin", "coins", "50 PTM, 5 NOPE")]
    [InlineData("named twice", "coins", "50 PTM, 5 PTM")]
    [InlineData("is not a whole number from 1 to 2", "coins", "50 PTM, 5 ALLIE", "need", "3")]
    [InlineData("goes with `coins`", "enter", "5", "need", "2")]
    [InlineData("Make leave at most 5", "coins", "5/6 PTM")]
    [InlineData("above zero", "donated", "0")]
    [InlineData("is not an amount", "spent", "five")]
    [InlineData("Make leave at most 5", "spent", "5/7")]
    [InlineData("NFTs cannot be asked for yet", "nft", "a-template")]
    [InlineData("Twitch cannot be asked for yet", "twitch", "subscriber of me")]
    [InlineData("is not a date", "enter", "5", "from", "tomorrow")]
    [InlineData("would end before it begins", "enter", "5", "from", "2030-01-02", "until", "2030-01-01 12:00")]
    [InlineData("A grace is from", "enter", "5", "grace", "91d")]
    [InlineData("a grace means nothing", "enter", "5", "grace", "1d", "once", "yes")]
    [InlineData("is not a whole number", "enter", "5", "rank", "high")]
    public async Task What_cannot_be_is_refused_with_what_to_type(string words, params string[] options)
    {
        var typed = options.Chunk(2).Select(pair => (pair[0], pair[1])).Append(("role", $"{Silver}"));
        await Town.SaysAsync(Town.Creator, "tier", "add", words, [.. typed]);
        Assert.Null((await Town.Inside<RuleStore>().GetAsync(Town.Sandbox.GuildId, CancellationToken.None)).Find(Silver));
    }

    [Fact]
    public async Task A_tier_is_edited_asked_about_and_undone()
    {
        await using var town = await Town.WithGoldTierAsync();
        var silver = town.Discord.RoleId("Silver");
        await town.LinkAsync(town.Fan, "fan");
        await town.SaysAsync(town.Creator, "tier", "add", "any of (", ("role", $"{silver}"), ("coins", "10/5 PTM, 3 ALLIE"), ("need", "any"), ("ladder", "levels"));
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await Eventually.TrueAsync(() => town.HasAsync(town.Fan, silver), "Silver");
        await town.SettledAsync();

        // With what is not named, a tier stays as it is.
        await town.SaysAsync(town.Creator, "tier", "edit", "3 days of grace", ("role", $"{town.Gold}"), ("ladder", "levels"), ("grace", "3d"));
        await town.SaysAsync(town.Creator, "tier", "edit", "is already", ("role", $"{town.Gold}"), ("grace", "3d"));
        await Eventually.TrueAsync(async () => !await town.HasAsync(town.Fan, silver), "only the higher one stays");
        await town.SettledAsync();
        var why = await town.RunAsync(town.Fan, "tier", "why");
        Assert.Contains("is higher in “levels”", why, StringComparison.Ordinal);
        Assert.Contains("60 is enough to keep it", why, StringComparison.Ordinal);
        Assert.Contains("version 3", why, StringComparison.Ordinal);

        await town.SaysAsync(town.Creator, "tier", "undo", "version 2 are back", []);
        await Eventually.TrueAsync(() => town.HasAsync(town.Fan, silver), "Silver is back");
        await town.SaysAsync(town.Creator, "tier", "list", "Rules version 4", []);
        Assert.DoesNotContain("grace", await town.RunAsync(town.Creator, "tier", "list"), StringComparison.Ordinal);
        await town.SaysAsync(town.Creator, "tier", "undo", "is not a version to go back to", ("version", "9"));
    }

    [Fact]
    public async Task A_grace_is_told_in_a_direct_message_and_why_says_until_when()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        await town.SaysAsync(town.Creator, "tier", "edit", "2 days of grace", ("role", $"{town.Gold}"), ("grace", "2d"));
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SendAsync(town.Fan, town.Creator, "50");
        await town.SettledAsync();
        Assert.True(await town.HasAsync(town.Fan, town.Gold));
        await town.SaysAsync(town.Fan, "tier", "why", "keep it until", []);
    }

    [Fact]
    public async Task What_was_donated_and_held_over_time_is_read_from_the_network()
    {
        await using var town = await Town.WithGoldTierAsync();
        var silver = town.Discord.RoleId("Silver");
        await town.LinkAsync(town.Fan, "fan");
        await town.SaysAsync(town.Creator, "tier", "add", "30 PTM donated", ("role", $"{silver}"), ("donated", "30"), ("spent", "30"));
        await town.SaysAsync(town.Creator, "tier", "edit", "held for 7 days", ("role", $"{town.Gold}"), ("enter", "5"), ("held_for", "7d"));
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.SendAsync(town.Fan, town.Creator, "20");
        await town.SettledAsync();
        Assert.False(await town.HasAsync(town.Fan, silver));
        await town.SendAsync(town.Fan, town.Creator, "10");
        await Eventually.TrueAsync(() => town.HasAsync(town.Fan, silver), "Silver");
        Assert.False(await town.HasAsync(town.Fan, town.Gold));
        var why = await town.RunAsync(town.Fan, "tier", "why");
        Assert.Contains("✓ has donated 30 of 30 PTM", why, StringComparison.Ordinal);
        Assert.Contains("7 days are needed", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_exempt_keeps_what_they_have()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SaysAsync(town.Creator, "tier", "exempt", "as they are from now on", ("member", $"{town.Fan}"));
        await town.SaysAsync(town.Creator, "tier", "exempt", "alone already", ("member", $"{town.Fan}"));
        await town.SendAsync(town.Fan, town.Creator, "60");
        await town.SettledAsync();
        Assert.True(await town.HasAsync(town.Fan, town.Gold));
        await town.SaysAsync(town.Fan, "tier", "why", "leaves their roles alone", []);
        await town.SaysAsync(town.Creator, "tier", "exempt", "by the rules again", ("member", $"{town.Fan}"), ("exempt", "no"));
        await town.RoleBecomesAsync(town.Fan, false);
        await town.SaysAsync(town.Creator, "tier", "exempt", "is not exempt", ("member", $"{town.Fan}"), ("exempt", "no"));
    }

    [Fact]
    public async Task Each_change_of_rules_needs_the_permission()
    {
        foreach (var (command, options) in new (string, (string, string)[])[]
        {
            ("edit", [("role", $"{Town.Gold}"), ("enter", "5")]), ("undo", []), ("reports", []), ("exempt", [("member", $"{Town.Fan}")]),
        })
        {
            await Town.SaysAsync(Town.Fan, "tier", command, "Manage Roles", options);
        }
    }

    [Fact]
    public async Task A_tier_that_is_not_there_is_not_edited()
    {
        await Town.SaysAsync(Town.Creator, "tier", "edit", "has no tier", ("role", $"{Silver}"), ("enter", "5"));
        await Town.SaysAsync(Town.Creator, "tier", "edit", "“gold” has no tier", ("role", "gold"), ("enter", "5"));
    }

    public sealed class SharedTown : IAsyncLifetime
    {
        internal Town? Town { get; private set; }

        public async Task InitializeAsync()
        {
            Town = await Acceptance.Tests.Town.WithGoldTierAsync();
            await Town.LinkAsync(Town.Fan, "fan");
        }

        public async Task DisposeAsync() => await Town!.DisposeAsync();
    }
}
