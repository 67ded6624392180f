using System.Text.Json.Serialization;

namespace Rally.Bot.DiscordApi.Models;

/// <summary>Something to press, choose or fill in.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ActionRow), 1)]
[JsonDerivedType(typeof(Button), 2)]
[JsonDerivedType(typeof(StringSelect), 3)]
[JsonDerivedType(typeof(TextInput), 4)]
[JsonDerivedType(typeof(RoleSelect), 6)]
[JsonDerivedType(typeof(LabelledInput), 18)]
internal abstract record Component;

/// <summary>Up to five buttons, or one select.</summary>
internal sealed record ActionRow(params IReadOnlyList<Component> Components) : Component;

/// <summary>A button; one with style <see cref="ButtonStyle.Link"/> has a url and sends no interaction, others a custom id.</summary>
internal sealed record Button(ButtonStyle Style, string Label, string? CustomId = null, string? Url = null, bool? Disabled = null) : Component;

internal enum ButtonStyle
{
    Primary = 1,
    Secondary = 2,
    Success = 3,
    Danger = 4,
    Link = 5,
}

/// <summary>A list of up to 25 texts to choose from.</summary>
internal sealed record StringSelect(
    string CustomId,
    IReadOnlyList<SelectOption> Options,
    string? Placeholder = null,
    int? MinValues = null,
    int? MaxValues = null) : Component;

internal sealed record SelectOption(string Label, string Value, string? Description = null, bool? Default = null);

/// <summary>A list of the guild's roles.</summary>
internal sealed record RoleSelect(string CustomId, string? Placeholder = null, int? MinValues = null, int? MaxValues = null) : Component;

/// <summary>A field of a modal; stands in a <see cref="LabelledInput"/>.</summary>
internal sealed record TextInput(
    string CustomId,
    TextInputStyle Style,
    string? Value = null,
    string? Placeholder = null,
    bool? Required = null,
    int? MinLength = null,
    int? MaxLength = null) : Component;

internal enum TextInputStyle
{
    Short = 1,
    Paragraph = 2,
}

/// <summary>An input of a modal with the words above and below it.</summary>
internal sealed record LabelledInput(string Label, Component Component, string? Description = null) : Component;
