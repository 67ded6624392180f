using System.Globalization;

namespace Rally.Webhooks.Deliveries;

/// <summary>One attempt at a message, for the endpoint's owner to look at.</summary>
internal sealed record Attempt
{
    /// <summary>How much of an answer is kept, in bytes.</summary>
    public const int MostAnswer = 4_096;

    public required Guid Id { get; init; }

    public required Guid EndpointId { get; init; }

    public required string MessageId { get; init; }

    /// <summary>The event's type.</summary>
    public required string Type { get; init; }

    /// <summary>The event's place in the log; null for a test.</summary>
    public long? Position { get; init; }

    /// <summary>The number of a change, as the message's id says it; null for anything else.</summary>
    public long? Change => MessageId[(MessageId.LastIndexOf('_') + 1)..] is ['o', .. var number]
        && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var change) ? change : null;

    /// <summary>1 for the first attempt in a row; 0 for one that somebody asked for.</summary>
    public long Number { get; init; }

    public required DateTimeOffset BeganAt { get; init; }

    public long DurationMs { get; init; }

    /// <summary>The answer's status; null without one.</summary>
    public long? Status { get; init; }

    /// <summary>Why it counts as failed; null when it was delivered.</summary>
    public string? Failure { get; init; }

    /// <summary>The answer's headers, a line each; null without an answer.</summary>
    public string? AnswerHeaders { get; init; }

    /// <summary>The first <see cref="MostAnswer"/> bytes of the answer.</summary>
    public byte[]? Answer { get; init; }
}
