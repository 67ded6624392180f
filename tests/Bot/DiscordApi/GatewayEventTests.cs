using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Models;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

public sealed class GatewayEventTests
{
    [Fact]
    public async Task Every_event_has_its_type()
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptReadyAsync();
        const string User = """{"id":"3","username":"fan","global_name":"Fan"}""";
        const string Member = $$"""{"guild_id":"100","user":{{User}},"nick":null,"roles":["5"],"joined_at":"2026-01-01T00:00:00+00:00","pending":false}""";
        const string Role = """{"guild_id":"100","role":{"id":"5","name":"Holder","position":3,"permissions":"268435456","managed":false,"color":1}}""";
        (string Name, string Data)[] dispatches =
        [
            ("GUILD_CREATE", """{"id":"100","name":"Club","owner_id":"1","member_count":2,"channels":[{"id":"9","type":0,"name":"general"}],"members":[],"roles":[{"id":"100","name":"@everyone","position":0,"permissions":"0","managed":false}]}"""),
            ("GUILD_CREATE", """{"id":"101","unavailable":true}"""),
            ("GUILD_ROLE_CREATE", Role),
            ("GUILD_ROLE_UPDATE", Role),
            ("GUILD_ROLE_DELETE", """{"guild_id":"100","role_id":"5"}"""),
            ("GUILD_MEMBER_ADD", Member),
            ("GUILD_MEMBER_UPDATE", Member),
            ("GUILD_MEMBER_REMOVE", $$"""{"guild_id":"100","user":{{User}}}"""),
            ("GUILD_DELETE", """{"id":"100","unavailable":true}"""),
            ("GUILD_DELETE", """{"id":"100"}"""),
            ("TYPING_START", "{}"),
        ];
        foreach (var (index, (name, data)) in dispatches.Index())
            await connection.DispatchAsync(name, index + 2, data);

        await Eventually.TrueAsync(() => gateway.Events.Count == 10, "all events");
        var events = gateway.Events.Skip(1).ToArray();
        var created = Assert.IsType<GuildCreated>(events[0]).Guild;
        Assert.Equal(("Club", 1UL, "general"), (created.Name, created.OwnerId, created.Channels![0].Name));
        var role = Assert.IsType<GuildRoleCreated>(events[1]).Role;
        Assert.Equal((5UL, 3, Permissions.ManageRoles), (role.Id, role.Position, role.Permissions));
        Assert.IsType<GuildRoleUpdated>(events[2]);
        Assert.Equal(new GuildRoleDeleted(100, 5), events[3]);
        var added = Assert.IsType<GuildMemberAdded>(events[4]);
        Assert.Equal((100UL, 3UL, "Fan", 5UL), (added.GuildId, added.Member.User!.Id, added.Member.User.DisplayName, added.Member.Roles.Single()));
        Assert.IsType<GuildMemberUpdated>(events[5]);
        Assert.Equal(3UL, Assert.IsType<GuildMemberRemoved>(events[6]).User.Id);
        Assert.Equal(new GuildDeleted(100, true), events[7]);
        Assert.Equal(new GuildDeleted(100, false), events[8]);
    }
}
