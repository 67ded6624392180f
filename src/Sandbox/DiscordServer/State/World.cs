using System.Security.Cryptography;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>
/// The guild and all that is in it. One lock guards it: a change is applied, written to the state file and then told,
/// in that order, so that nobody hears of what a restart would forget, and all hear of changes in one order.
/// </summary>
internal sealed class World
{
    private readonly Lock _gate = new();
    private StateFile? _file;
    private readonly List<Change> _pending = [];
    private readonly List<Action<Change>> _listeners = [];

    public World(SandboxOptions options)
    {
        Time = options.Time;
        Snowflakes = new(options.Time);
        _file = options.StateFile is { } path ? new(path) : null;
        Data = _file?.Read() ?? Genesis.Create(options.Seed, options.Time.GetUtcNow());
        if (options.BotToken is { } token)
            Data.BotToken = token;
        Snowflakes.StartAfter(HighestId(Data));
        // As in a client that is started anew.
        foreach (var channel in Data.Channels.Values)
            channel.Messages.RemoveAll(message => message.OnlyFor is not null);
        _file?.Write(Data);
    }

    public TimeProvider Time { get; }

    public Snowflakes Snowflakes { get; }

    /// <summary>Only for use inside <see cref="Read"/> and <see cref="Change"/>.</summary>
    public WorldData Data { get; }

    public T Read<T>(Func<WorldData, T> read)
    {
        lock (_gate)
            return read(Data);
    }

    /// <summary>Applies a change as a whole: one that throws must not have changed anything before it did.</summary>
    public T Change<T>(Func<WorldData, T> apply)
    {
        lock (_gate)
        {
            var result = apply(Data);
            _file?.Write(Data);
            var told = _pending.ToArray();
            _pending.Clear();
            foreach (var change in told)
            {
                foreach (var listener in _listeners)
                    listener(change);
            }

            return result;
        }
    }

    public void Change(Action<WorldData> apply) => Change(data =>
    {
        apply(data);
        return true;
    });

    /// <summary>Writes the state no more: a timer that fires after the server's end must not overwrite a successor's.</summary>
    public void StopKeeping()
    {
        lock (_gate)
            _file = null;
    }

    /// <summary>Tells of a change when the running <see cref="Change"/> is done.</summary>
    public void Tell(Change change) => _pending.Add(change);

    /// <summary>Listeners run under the world's lock and must only queue what they hear.</summary>
    public void Listen(Action<Change> listener)
    {
        lock (_gate)
            _listeners.Add(listener);
    }

    public void StopListening(Action<Change> listener)
    {
        lock (_gate)
            _listeners.Remove(listener);
    }

    /// <summary>Compares in constant time: the token is a secret also here.</summary>
    public bool IsBotToken(string token) => CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.UTF8.GetBytes(token), System.Text.Encoding.UTF8.GetBytes(Data.BotToken));

    private static ulong HighestId(WorldData data) =>
        new[] { data.Users.Keys.Max(), data.Roles.Keys.Max(), data.Channels.Keys.Max(), data.Commands.Keys.DefaultIfEmpty().Max() }
            .Concat(data.Channels.Values.SelectMany(channel => channel.Messages).Select(message => message.Id))
            .Concat(data.AuditLog.Select(entry => entry.Id))
            .Max();
}
