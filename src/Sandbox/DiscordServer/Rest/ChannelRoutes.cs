using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>/channels, their messages, and direct channels.</summary>
internal sealed class ChannelRoutes(World world)
{
    public void Map(RestRoutes routes)
    {
        routes.Map("GET", "/channels/{channel}", call => RestReply.Ok(world.Read(data => Find.Channel(data, call).ToJson(data))));
        routes.Map("POST", "/users/@me/channels", OpenDirect);
        routes.Map("GET", "/channels/{channel}/messages", List);
        routes.Map("GET", "/channels/{channel}/messages/{message}", call =>
            RestReply.Ok(world.Read(data => Find.Message(data, call).ToJson(data))));
        routes.Map("POST", "/channels/{channel}/messages", Post);
        routes.Map("PATCH", "/channels/{channel}/messages/{message}", Edit);
        routes.Map("DELETE", "/channels/{channel}/messages/{message}", Delete);
    }

    /// <summary>The files of messages, as Discord's own file servers give them: to whoever has the address.</summary>
    public void MapFiles(IEndpointRouteBuilder app) => app.MapGet("/attachments/{id}/{name}", (string id, string name) =>
        world.Read(data => data.Channels.Values.SelectMany(channel => channel.Messages).SelectMany(message => message.Attachments)
            .FirstOrDefault(attachment => Wire.Id(attachment.Id) == id && attachment.Filename == name)) is { Content: { } content } found
            ? Results.Bytes(content, found.ContentType, found.Filename)
            : Results.NotFound());

    private RestReply OpenDirect(RestCall call) => world.Change(data =>
    {
        var form = call.Form();
        var recipient = form.Unsigned("recipient_id", required: true);
        form.Errors.ThrowIfAny();
        if (!data.Users.TryGetValue(recipient!.Value, out var user))
            throw RestRefusal.UnknownUser();
        if (user.IsBot)
            throw RestRefusal.CannotMessageUser();
        return RestReply.Ok(world.DirectChannel(user.Id).ToJson(data));
    });

    private RestReply List(RestCall call) => world.Read(data =>
    {
        var channel = Find.Channel(data, call);
        var before = call.QueryId("before", ulong.MaxValue);
        var after = call.QueryId("after", 0);
        return RestReply.Ok(Wire.Array(channel.Messages.AsEnumerable().Reverse()
            .Where(message => message.OnlyFor is null && message.Id < before && message.Id > after)
            .Take(call.QueryNumber("limit", 50, 1, 100))
            .Select(message => message.ToJson(data))));
    });

    private RestReply Post(RestCall call) => world.Change(data =>
    {
        var channel = Find.Channel(data, call);
        if (channel.RecipientId is { } recipient && !data.Members.ContainsKey(recipient))
            throw RestRefusal.CannotMessageUser();
        if (channel.RecipientId is null)
            Find.RequireBot(data, Permission.SendMessages);
        var body = new MessageBody(call.Form(), call.Uploads);
        var message = new Message
        {
            Id = world.Snowflakes.Next(),
            ChannelId = channel.Id,
            AuthorId = data.ApplicationId,
            SentAt = world.Time.GetUtcNow(),
            // Only an interaction's response can be ephemeral.
            Flags = body.Flags & ~Message.Ephemeral,
        };
        body.ApplyTo(message, world);
        world.Post(message);
        return RestReply.Ok(message.ToJson(data));
    });

    private RestReply Edit(RestCall call) => world.Change(data =>
    {
        var message = Find.Message(data, call);
        if (message.AuthorId != data.ApplicationId)
            throw RestRefusal.ForeignMessage();
        new MessageBody(call.Form(), call.Uploads).ApplyTo(message, world);
        world.MessageEdited(message);
        return RestReply.Ok(message.ToJson(data));
    });

    private RestReply Delete(RestCall call) => world.Change(data =>
    {
        var message = Find.Message(data, call);
        if (message.AuthorId != data.ApplicationId)
        {
            Find.RequireBot(data, Permission.ManageMessages);
            world.Record(AuditLogAction.MessageDelete, data.ApplicationId, message.AuthorId, call.AuditReason());
        }

        world.RemoveMessage(message);
        return RestReply.NoContent;
    });
}
