namespace Rally.Storage.Changes;

/// <summary>Something that changed, as <see cref="Outbox"/> keeps it.</summary>
/// <remarks>Properties, not a positional record: SQLite does not tell the types of an empty result.</remarks>
public sealed record Change
{
    /// <summary>Rises with every change, in the order of the commits; some may be missing.</summary>
    public required long Number { get; init; }

    /// <summary>Where the log ended when it was made; see <see cref="LogPlace"/>.</summary>
    public required long Place { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What kind of change.</summary>
    public required string Type { get; init; }

    /// <summary>What it is about, by which readers choose; null when they cannot.</summary>
    public string? Topic { get; init; }

    /// <summary>What its type says of it, as JSON.</summary>
    public required string Data { get; init; }
}
