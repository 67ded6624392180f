namespace Rally.Bot.DiscordApi.Models;

/// <summary>A framed piece of a message; all its texts together hold at most 6,000 characters.</summary>
/// <param name="Color">0xRRGGBB.</param>
/// <param name="Fields">At most 25.</param>
internal sealed record Embed(
    string? Title = null,
    string? Description = null,
    string? Url = null,
    int? Color = null,
    DateTimeOffset? Timestamp = null,
    EmbedFooter? Footer = null,
    EmbedImage? Thumbnail = null,
    IReadOnlyList<EmbedField>? Fields = null,
    EmbedImage? Image = null);

/// <summary>At most 256 characters of name, 1,024 of value.</summary>
internal sealed record EmbedField(string Name, string Value, bool? Inline = null);

internal sealed record EmbedFooter(string Text, string? IconUrl = null);

/// <param name="Url">http, https, or <c>attachment://</c> and the name of a file of the message.</param>
internal sealed record EmbedImage(string Url);
