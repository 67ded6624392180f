using Rally.Testing;

namespace Rally.Acceptance.Tests;

public sealed class BadInputTests(BadInputTests.SharedTown shared) : IClassFixture<BadInputTests.SharedTown>
{
    private Town Town => shared.Town!;

    [Theory]
    [InlineData("abc", "is not an amount")]
    [InlineData("1.2345678", "at most 6 digits")]
    [InlineData("-5", "above zero")]
    [InlineData("0", "above zero")]
    [InlineData("1e3", "is not an amount")]
    [InlineData("99999999999999999999", "is not an amount")]
    [InlineData("1000000.000001", "Nothing was sent")]
    public Task A_wrong_amount_is_refused_with_what_to_type(string amount, string words) =>
        Town.SaysAsync(Town.Creator, "coin", "send", words, ("member", $"{Town.Fan}"), ("amount", amount));

    [Fact]
    public async Task An_unknown_coin_is_refused_with_those_there_are()
    {
        var reply = await Town.RunAsync(Town.Creator, "rally", "setup", ("symbol", "NOPE"));
        Assert.Contains("There is no coin", reply, StringComparison.Ordinal);
        Assert.Contains("PTM", reply, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_role_above_the_bots_is_refused_with_what_to_drag() =>
        Town.SaysAsync(Town.Creator, "tier", "add", "drag the bot's role above Admin", ("role", $"{Town.Discord.RoleId("Admin")}"), ("enter", "5"));

    [Fact]
    public Task The_bots_own_managed_role_is_refused() =>
        Town.SaysAsync(Town.Creator, "tier", "add", "belongs to an integration", ("role", $"{Town.Discord.RoleId("Rally Bot")}"), ("enter", "5"));

    [Fact]
    public Task Everyone_is_not_a_role_to_give() =>
        Town.SaysAsync(Town.Creator, "tier", "add", "Choose another role", ("role", $"{Town.Sandbox.GuildId}"), ("enter", "5"));

    [Fact]
    public Task A_leave_above_enter_is_refused() =>
        Town.SaysAsync(Town.Creator, "tier", "add", "Make leave at most 5", ("role", $"{Town.Discord.RoleId("Silver")}"), ("enter", "5"), ("leave", "6"));

    [Fact]
    public Task A_role_with_a_tier_gets_no_second_one() =>
        Town.SaysAsync(Town.Creator, "tier", "add", "has a tier already", ("role", $"{Town.Gold}"), ("enter", "5"));

    [Fact]
    public Task A_tier_that_is_not_there_cannot_be_removed() =>
        Town.SaysAsync(Town.Creator, "tier", "remove", "has no tier", ("role", $"{Town.Discord.RoleId("Bronze")}"));

    [Fact]
    public async Task Who_never_linked_is_told_how()
    {
        var nova = Town.Discord.MemberId("nova");
        await Town.SaysAsync(nova, "coin", "balance", "/coin join");
        await Town.SaysAsync(nova, "coin", "send", "/coin join", ("member", $"{Town.Creator}"), ("amount", "1"));
        await Town.SaysAsync(nova, "coin", "leave", "/coin join");
        await Town.SaysAsync(Town.Creator, "coin", "send", "Ask them to use `/coin join`", ("member", $"{nova}"), ("amount", "1"));
        await Town.SaysAsync(Town.Creator, "tier", "why", "no linked Rally account", ("member", $"{nova}"));
    }

    [Fact]
    public async Task Who_lacks_the_permission_is_told_which()
    {
        await Town.SaysAsync(Town.Fan, "tier", "add", "Manage Roles", ("role", $"{Town.Gold}"), ("enter", "5"));
        await Town.SaysAsync(Town.Fan, "tier", "remove", "Manage Roles", ("role", $"{Town.Gold}"));
        await Town.SaysAsync(Town.Fan, "tier", "why", "about yourself", ("member", $"{Town.Creator}"));
    }

    [Fact]
    public Task Sending_to_oneself_is_refused() =>
        Town.SaysAsync(Town.Creator, "coin", "send", "to yourself", ("member", $"{Town.Creator}"), ("amount", "1"));

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
