using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>A message as a bot sends it, within Discord's limits.</summary>
internal sealed partial class MessageBody
{
    private const int ComponentsV2 = 1 << 15;
    private const int MaxEmbedCharacters = 6_000;

    private readonly Form _form;
    private readonly Uploads _uploads;
    private readonly string? _content;
    private readonly HashSet<string> _parsed;
    private readonly IReadOnlyList<ulong> _allowedUsers;
    private readonly IReadOnlyList<ulong> _allowedRoles;

    /// <exception cref="RestRefusal">50035, with what is wrong.</exception>
    public MessageBody(Form form, Uploads? uploads = null)
    {
        _form = form;
        _uploads = uploads ?? Uploads.None;
        _content = form.Text("content", 0, 2_000);
        Flags = (int)(form.Integer("flags", 0, int.MaxValue) ?? 0);
        if ((Flags & ComponentsV2) != 0)
            form.Wrong("flags", "UNSUPPORTED", "The sandbox does not show components of version 2.");
        var characters = form.Children("embeds", 10).Sum(CheckEmbed);
        if (characters > MaxEmbedCharacters)
            form.Wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", $"Embed size exceeds maximum size of {MaxEmbedCharacters}");
        ComponentBody.CheckMessage(form);

        var mentions = form.Child("allowed_mentions");
        _parsed = mentions is null
            ? ["users", "roles", "everyone"]
            : [.. (mentions.Json["parse"] as JsonArray)?.Select(kind => $"{kind}") ?? []];
        _allowedUsers = mentions?.UnsignedList("users") ?? [];
        _allowedRoles = mentions?.UnsignedList("roles") ?? [];
        form.Errors.ThrowIfAny();
    }

    public int Flags { get; }

    /// <summary>Puts the fields that the body has on the message; those it lacks stay.</summary>
    /// <exception cref="RestRefusal">50006: nothing would be left.</exception>
    public void ApplyTo(Message message, World world)
    {
        var data = world.Data;
        var content = _form.Has("content") ? _content ?? "" : message.Content;
        var embeds = _form.Has("embeds") ? Copy("embeds") : message.Embeds;
        var components = _form.Has("components") ? Copy("components") : message.Components;
        var attachments = _uploads.Apply(_form, message.Attachments, world.Snowflakes);
        if (string.IsNullOrWhiteSpace(content) && embeds.Count == 0 && components.Count == 0 && attachments.Count == 0)
            throw RestRefusal.EmptyMessage();

        message.Content = content;
        message.Embeds = embeds;
        message.Components = components;
        message.Attachments = attachments;
        message.MentionedUsers = Mentioned(UserMention(), content, "users", _allowedUsers, data.Users.ContainsKey);
        message.MentionedRoles = Mentioned(RoleMention(), content, "roles", _allowedRoles, data.Roles.ContainsKey);
        message.MentionsEveryone = _parsed.Contains("everyone") && EveryoneMention().IsMatch(content);
    }

    private JsonArray Copy(string field) => _form.Json[field]?.DeepClone().AsArray() ?? [];

    private List<ulong> Mentioned(Regex pattern, string content, string kind, IReadOnlyList<ulong> allowed, Func<ulong, bool> isKnown) =>
        [.. pattern.Matches(content)
            .Select(match => ulong.TryParse(match.Groups[1].ValueSpan, out var id) ? id : 0)
            .Distinct()
            .Where(id => isKnown(id) && (_parsed.Contains(kind) || allowed.Contains(id)))];

    private static int CheckEmbed(Form embed)
    {
        var characters = Length(embed.Text("title", 0, 256)) + Length(embed.Text("description", 0, 4_096))
            + Length(embed.Child("footer")?.Text("text", 1, 2_048, required: true))
            + Length(embed.Child("author")?.Text("name", 1, 256, required: true));
        embed.Integer("color", 0, 0xFFFFFF);
        foreach (var image in (string[])["image", "thumbnail"])
        {
            // attachment:// names a file that comes along.
            if (embed.Child(image) is { } picture
                && !(Uri.TryCreate(picture.Text("url", 1, 2_048, required: true), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "attachment"))
                picture.Wrong("url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https', 'attachment').");
        }

        foreach (var field in embed.Children("fields", 25))
        {
            characters += Length(field.Text("name", 1, 256, required: true)) + Length(field.Text("value", 1, 1_024, required: true));
            field.Flag("inline");
        }

        return characters;
    }

    private static int Length(string? text) => text?.Length ?? 0;

    [GeneratedRegex("<@!?([0-9]{1,20})>")]
    private static partial Regex UserMention();

    [GeneratedRegex("<@&([0-9]{1,20})>")]
    private static partial Regex RoleMention();

    [GeneratedRegex("@(everyone|here)")]
    private static partial Regex EveryoneMention();
}
