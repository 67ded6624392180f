using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;
using Xunit;

namespace Rally.Bot.Tests.Roles;

public sealed class RoleHierarchyTests
{
    private const ulong Guild = 1;
    private const ulong Bronze = 11;
    private const ulong Gold = 13;
    private const ulong Bot = 14;
    private const ulong Admin = 15;

    [Theory]
    [InlineData(Gold, null)]
    [InlineData(Bronze, null)]
    [InlineData(Admin, "drag the bot's role above Admin")]
    [InlineData(Bot, "belongs to an integration")]
    [InlineData(Guild, "@everyone")]
    [InlineData(99UL, "no longer exists")]
    public void A_role_can_be_given_or_it_is_said_why_not(ulong role, string? why)
    {
        var obstacle = Hierarchy(Permissions.ManageRoles).WhyNot(role);
        if (why is null)
            Assert.Null(obstacle);
        else
            Assert.Contains(why, obstacle, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_manage_roles_nothing_can_be_given() =>
        Assert.Contains("Manage Roles", Hierarchy(Permissions.SendMessages).WhyNot(Gold), StringComparison.Ordinal);

    [Fact]
    public void Of_two_roles_in_one_position_the_older_stands_higher()
    {
        var older = new DiscordRole(20, "Older", Position: 4);
        var hierarchy = Hierarchy(Permissions.ManageRoles, new DiscordRole(10, "Elder", 4), older);
        Assert.Contains("drag", hierarchy.WhyNot(10), StringComparison.Ordinal);
        Assert.Null(hierarchy.WhyNot(20));
    }

    // The bot's role is the fourth, with id 14.
    private static RoleHierarchy Hierarchy(Permissions ofBot, params DiscordRole[] more)
    {
        DiscordRole[] roles =
        [
            new(Guild, "@everyone"), new(Bronze, "Bronze", 1), new(Gold, "Gold", 3),
            new(Bot, "Rally Bot", 4, ofBot, Managed: true), new(Admin, "Admin", 5), .. more,
        ];
        return new(Guild, roles.ToDictionary(role => role.Id), [Bot]);
    }
}
