using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>What a bot identified as: numbered events, kept for a resume, over one connection after another.</summary>
internal sealed class GatewaySession(string id, int intents, int shard, int shardCount)
{
    private const int KeptEvents = 5_000;
    private readonly Lock _gate = new();
    private readonly Queue<(long Sequence, byte[] Frame)> _replay = [];
    private long _sequence;
    private GatewayConnection? _connection;

    public string Id => id;

    public int Intents => intents;

    public int Shard => shard;

    public int ShardCount => shardCount;

    /// <summary>When its connection went; null while it has one.</summary>
    public DateTimeOffset? DetachedAt { get; private set; }

    public GatewayConnection? Connection => _connection;

    public bool Holds(ulong guildId) => (guildId >> 22) % (ulong)shardCount == (ulong)shard;

    public void Attach(GatewayConnection connection)
    {
        lock (_gate)
            (_connection, DetachedAt) = (connection, null);
    }

    /// <summary>Only by the connection that holds it: a resume elsewhere may have come first.</summary>
    public void Detach(GatewayConnection connection, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_connection == connection)
                (_connection, DetachedAt) = (null, at);
        }
    }

    public void Dispatch(string name, JsonObject data)
    {
        lock (_gate)
        {
            var frame = Frame.Dispatch(name, ++_sequence, data);
            _replay.Enqueue((_sequence, frame));
            if (_replay.Count > KeptEvents)
                _replay.Dequeue();
            _connection?.Send(frame);
        }
    }

    public void Hear(Change change)
    {
        if (change.ForPagesOnly || change.OnlyFor is not null || (change.Intent != 0 && (intents & change.Intent) == 0))
            return;
        var isDirect = change.Data["guild_id"] is null;
        if (isDirect ? shard == 0 : Holds(ulong.Parse((string)change.Data["guild_id"]!, System.Globalization.CultureInfo.InvariantCulture)))
            Dispatch(change.Name, HidesContent(change, isDirect) ? WithoutContent(change.Data) : change.Data);
    }

    /// <summary>Without the privileged intent a bot reads only its own messages, direct ones and those that mention it.</summary>
    private bool HidesContent(Change change, bool isDirect) =>
        change.Name is "MESSAGE_CREATE" or "MESSAGE_UPDATE"
        && (intents & Gateway.Intents.MessageContent) == 0
        && !isDirect
        && (bool?)change.Data["author"]!["bot"] != true
        && !change.Data["mentions"]!.AsArray().Any(user => (bool?)user!["bot"] == true);

    private static JsonObject WithoutContent(JsonObject message)
    {
        var hidden = message.DeepClone().AsObject();
        hidden["content"] = "";
        hidden["embeds"] = new JsonArray();
        hidden["components"] = new JsonArray();
        return hidden;
    }

    /// <summary>Sends again what came after a sequence number; false when that is unknown or no longer kept.</summary>
    public bool TryResume(GatewayConnection connection, long after)
    {
        lock (_gate)
        {
            var oldestKept = _replay.TryPeek(out var oldest) ? oldest.Sequence : 1;
            if (after < oldestKept - 1 || after > _sequence)
                return false;
            _connection = connection;
            DetachedAt = null;
            foreach (var (sequence, frame) in _replay)
            {
                if (sequence > after)
                    connection.Send(frame);
            }

            Dispatch("RESUMED", new() { ["_trace"] = new JsonArray("sandbox") });
            return true;
        }
    }
}
