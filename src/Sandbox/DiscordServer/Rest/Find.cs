using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>Finds what a path names, or refuses as Discord does.</summary>
internal static class Find
{
    public static void Guild(WorldData data, RestCall call)
    {
        if (call.Id("guild") != data.GuildId)
            throw RestRefusal.UnknownGuild();
    }

    public static Role Role(WorldData data, RestCall call)
    {
        Guild(data, call);
        return data.Roles.GetValueOrDefault(call.Id("role")) ?? throw RestRefusal.UnknownRole();
    }

    /// <summary>A role below the bot's own, which has Manage Roles.</summary>
    public static Role ManageableRole(WorldData data, RestCall call)
    {
        var role = Role(data, call);
        return Standing.MayManage(data, data.ApplicationId, role) ? role : throw RestRefusal.MissingPermissions();
    }

    public static Member Member(WorldData data, RestCall call)
    {
        Guild(data, call);
        var user = call.Text("user") == "@me" ? data.ApplicationId : call.Id("user");
        if (data.Members.TryGetValue(user, out var member))
            return member;
        throw data.Users.ContainsKey(user) ? RestRefusal.UnknownMember() : RestRefusal.UnknownUser();
    }

    public static Channel Channel(WorldData data, RestCall call) =>
        data.Channels.GetValueOrDefault(call.Id("channel")) ?? throw RestRefusal.UnknownChannel();

    /// <summary>A message that others than one member see; the bot reaches ephemeral ones only through their interaction.</summary>
    public static Message Message(WorldData data, RestCall call)
    {
        var id = call.Id("message");
        return Channel(data, call).Messages.FirstOrDefault(message => message.Id == id && message.OnlyFor is null)
            ?? throw RestRefusal.UnknownMessage();
    }

    public static void RequireBot(WorldData data, Permission permission)
    {
        if (!Standing.May(data, data.ApplicationId, permission))
            throw RestRefusal.MissingPermissions();
    }
}
