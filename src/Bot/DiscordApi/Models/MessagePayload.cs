using System.Text.Json.Serialization;

namespace Rally.Bot.DiscordApi.Models;

/// <summary>What to post or to change a message into. On a change, what is null stays as it is; an empty list clears.</summary>
internal sealed record MessagePayload
{
    /// <summary>At most 2,000 characters.</summary>
    public string? Content { get; init; }

    /// <summary>At most 10.</summary>
    public IReadOnlyList<Embed>? Embeds { get; init; }

    /// <summary>Rows of buttons and selects; at most 5 rows, 40 components in all.</summary>
    public IReadOnlyList<Component>? Components { get; init; }

    /// <summary>Nobody is pinged unless the caller means it.</summary>
    public AllowedMentions AllowedMentions { get; init; } = AllowedMentions.None;

    /// <summary>At most 10, of 10 MB together. They take the place of those the message had.</summary>
    [JsonIgnore]
    public IReadOnlyList<MessageFile>? Files { get; init; }

    /// <summary>What <see cref="Files"/> are, in their order.</summary>
    public IEnumerable<object>? Attachments =>
        Files?.Select((file, index) => new { Id = (ulong)index, Filename = file.Name, file.Description });

    public MessageFlags? Flags { get; init; }

    /// <summary>Up to 25 characters, only for new messages in channels; see <see cref="EnforceNonce"/>.</summary>
    public string? Nonce { get; init; }

    /// <summary>Within some minutes Discord posts once only what has the same nonce.</summary>
    public bool? EnforceNonce { get; init; }
}

/// <summary>A file to send along.</summary>
/// <param name="Name">With its ending, which tells Discord how to show it.</param>
/// <param name="Description">Read out to those who do not see it.</param>
internal sealed record MessageFile(string Name, string ContentType, ReadOnlyMemory<byte> Content, string? Description = null);

[Flags]
internal enum MessageFlags
{
    None = 0,
    SuppressEmbeds = 1 << 2,
    Ephemeral = 1 << 6,
    SuppressNotifications = 1 << 12,
}

/// <summary>Which mentions in a text ping somebody.</summary>
/// <param name="Parse">Whole kinds: <c>users</c>, <c>roles</c>, <c>everyone</c>.</param>
internal sealed record AllowedMentions(IReadOnlyList<string> Parse, IReadOnlyList<ulong>? Users = null, IReadOnlyList<ulong>? Roles = null)
{
    public static AllowedMentions None { get; } = new([]);

    public static AllowedMentions OfUsers(params IReadOnlyList<ulong> users) => new([], Users: users);

    public static AllowedMentions OfRoles(params IReadOnlyList<ulong> roles) => new([], Roles: roles);
}
