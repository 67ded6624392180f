using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>First responses, and the messages that hang on an interaction's token.</summary>
internal sealed class InteractionRoutes(World world, InteractionDesk desk)
{
    public void Map(RestRoutes routes)
    {
        routes.MapInteraction("POST", "/interactions/{interaction}/{token}/callback", Respond);
        const string webhook = "/webhooks/{application}/{token}";
        routes.MapInteraction("POST", webhook, FollowUp);
        routes.MapInteraction("GET", webhook + "/messages/{message}", call => world.Read(data =>
            RestReply.Ok(MessageOf(data, Opened(data, call), call).ToJson(data))));
        routes.MapInteraction("PATCH", webhook + "/messages/{message}", Edit);
        routes.MapInteraction("DELETE", webhook + "/messages/{message}", Delete);
    }

    private RestReply Respond(RestCall call)
    {
        var interaction = world.Read(_ => desk.Find(call.Id("interaction")));
        if (interaction is null || interaction.Token != call.Text("token"))
            throw RestRefusal.UnknownInteraction();
        desk.Respond(interaction, call.Form(), call.Uploads);
        return call.Query("with_response") == "true" ? RestReply.Ok(world.Read(data => CallbackJson(data, interaction))) : RestReply.NoContent;
    }

    private RestReply FollowUp(RestCall call) => world.Change(data =>
    {
        var interaction = Opened(data, call);
        var message = Responses.FollowUp(world, interaction, new MessageBody(call.Form(), call.Uploads));
        interaction.Answer();
        return RestReply.Ok(message.ToJson(data));
    });

    private RestReply Edit(RestCall call) => world.Change(data =>
    {
        var interaction = Opened(data, call);
        var message = MessageOf(data, interaction, call);
        Responses.Edit(world, message, new MessageBody(call.Form(), call.Uploads));
        if (message == interaction.Original)
            interaction.Answer();
        return RestReply.Ok(message.ToJson(data));
    });

    private RestReply Delete(RestCall call) => world.Change(data =>
    {
        var interaction = Opened(data, call);
        var message = MessageOf(data, interaction, call);
        world.RemoveMessage(message);
        if (message == interaction.Original)
        {
            interaction.Original = null;
            interaction.Answer();
        }

        return RestReply.NoContent;
    });

    /// <summary>An interaction that has had its first response, by its token.</summary>
    private Interaction Opened(WorldData data, RestCall call)
    {
        if (call.Id("application") != data.ApplicationId)
            throw RestRefusal.UnknownWebhook();
        var interaction = desk.FindByToken(call.Text("token")) ?? throw RestRefusal.InvalidWebhookToken();
        return interaction.State is InteractionState.Deferred or InteractionState.Answered
            ? interaction
            : throw RestRefusal.UnknownWebhook();
    }

    private static Message MessageOf(WorldData data, Interaction interaction, RestCall call)
    {
        if (call.Text("message") == "@original")
            return interaction.Original ?? throw RestRefusal.UnknownMessage();
        var id = call.Id("message");
        return data.Channels[interaction.ChannelId].Messages
            .FirstOrDefault(message => message.Id == id && message.Origin?.InteractionId == interaction.Id)
            ?? throw RestRefusal.UnknownMessage();
    }

    private static JsonObject CallbackJson(WorldData data, Interaction interaction)
    {
        var json = new JsonObject
        {
            ["interaction"] = new JsonObject
            {
                ["id"] = Wire.Id(interaction.Id),
                ["type"] = (int)interaction.Kind,
                ["channel_id"] = Wire.Id(interaction.ChannelId),
                ["guild_id"] = Wire.Id(data.GuildId),
            },
        };
        if (interaction.Original is not { } original)
            return json;
        var inner = json["interaction"]!;
        inner["response_message_id"] = Wire.Id(original.Id);
        inner["response_message_loading"] = (original.Flags & Responses.Loading) != 0;
        inner["response_message_ephemeral"] = original.OnlyFor is not null;
        json["resource"] = new JsonObject
        {
            ["type"] = original == interaction.Source ? 7 : interaction.State == InteractionState.Deferred ? 5 : 4,
            ["message"] = original.ToJson(data),
        };
        return json;
    }
}
