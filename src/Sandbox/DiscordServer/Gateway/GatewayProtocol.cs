using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>What the gateway does with each payload but heartbeats.</summary>
internal sealed class GatewayProtocol(World world, GatewayHub hub, SandboxOptions options, Func<Uri> address)
{
    public void Handle(GatewayConnection connection, JsonObject payload)
    {
        var opcode = (Opcode)payload["op"]!.GetValue<int>();
        var data = payload["d"];
        switch (opcode)
        {
            case Opcode.Identify when connection.Session is not null:
            case Opcode.Resume when connection.Session is not null:
                connection.Close(CloseCode.AlreadyAuthenticated, "Already authenticated.");
                break;
            case Opcode.Identify:
                Identify(connection, data as JsonObject ?? []);
                break;
            case Opcode.Resume:
                Resume(connection, data as JsonObject ?? []);
                break;
            case Opcode.PresenceUpdate or Opcode.VoiceStateUpdate or Opcode.RequestGuildMembers when connection.Session is null:
                connection.Close(CloseCode.NotAuthenticated, "Not authenticated.");
                break;
            case Opcode.PresenceUpdate or Opcode.VoiceStateUpdate:
                break;
            case Opcode.RequestGuildMembers:
                MemberChunks.Send(connection.Session, world, hub, data as JsonObject ?? [], connection);
                break;
            default:
                connection.Close(CloseCode.UnknownOpcode, "Unknown opcode.");
                break;
        }
    }

    /// <summary>Ends the connection's session for good.</summary>
    public void Forget(GatewayConnection connection)
    {
        if (connection.Session is { } session)
            hub.End(session);
    }

    private void Identify(GatewayConnection connection, JsonObject data)
    {
        if (Text(data["token"]) is not { } token || data["properties"] is not JsonObject)
        {
            connection.Close(CloseCode.DecodeError, "Error while decoding payload.");
            return;
        }

        if (!IsBotToken(token))
        {
            connection.Close(CloseCode.AuthenticationFailed, "Authentication failed.");
            return;
        }

        if (Number(data["intents"]) is not { } intents || (intents & ~Intents.Known) != 0)
        {
            connection.Close(CloseCode.InvalidIntents, "Invalid intent(s).");
            return;
        }

        if ((intents & Intents.GuildMembers) != 0 && !options.ServerMembersIntent)
        {
            connection.Close(CloseCode.DisallowedIntents, "Disallowed intent(s).");
            return;
        }

        if (Shard(data["shard"]) is not { } shard)
        {
            connection.Close(CloseCode.InvalidShard, "Invalid shard.");
            return;
        }

        if (!hub.MayIdentify())
        {
            connection.Send(Opcode.InvalidSession, false);
            return;
        }

        Begin(connection, (int)intents, shard);
    }

    private void Begin(GatewayConnection connection, int intents, (int Id, int Count) shard)
    {
        // Under the world's lock, so that the session misses no event after the state it is shown.
        world.Read(state =>
        {
            var session = hub.Begin(intents, shard.Id, shard.Count);
            connection.Session = session;
            session.Attach(connection);
            session.Dispatch("READY", GatewayGreeting.Ready(state, session, address()));
            if (session.Holds(state.GuildId) && (intents & Intents.Guilds) != 0)
                session.Dispatch("GUILD_CREATE", GatewayGreeting.GuildCreate(state, intents));
            return session;
        });
    }

    private void Resume(GatewayConnection connection, JsonObject data)
    {
        if (Text(data["token"]) is not { } token || Text(data["session_id"]) is not { } sessionId || Number(data["seq"]) is not { } sequence)
        {
            connection.Close(CloseCode.DecodeError, "Error while decoding payload.");
            return;
        }

        if (!IsBotToken(token))
        {
            connection.Close(CloseCode.AuthenticationFailed, "Authentication failed.");
            return;
        }

        if (hub.Find(sessionId) is not { } session)
        {
            connection.Send(Opcode.InvalidSession, false);
            return;
        }

        // An earlier connection that the client gave up may still be open on this side.
        session.Connection?.Drop();
        if (session.TryResume(connection, sequence))
        {
            connection.Session = session;
            return;
        }

        hub.End(session);
        connection.Close(CloseCode.InvalidSequence, "Invalid seq.");
    }

    private bool IsBotToken(string token) =>
        world.IsBotToken(token.StartsWith("Bot ", StringComparison.Ordinal) ? token["Bot ".Length..] : token);

    private static (int Id, int Count)? Shard(JsonNode? node) => node switch
    {
        null => (0, 1),
        JsonArray and [{ } id, { } count] when Number(id) is { } i && Number(count) is { } n && i >= 0 && i < n => ((int)i, (int)n),
        _ => null,
    };

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static long? Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out JsonElement element) && element.ValueKind == JsonValueKind.Number
        && element.TryGetInt64(out var number) ? number : null;
}
