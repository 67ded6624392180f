using System.Text.Json;

namespace Rally.Bot.Demo;

/// <summary>What the bot answered, as the sandbox tells it.</summary>
internal sealed class DemoReply(JsonElement outcome)
{
    /// <summary>A button that can be pressed.</summary>
    public sealed record PressableButton(string Label, string CustomId);

    /// <summary>The interaction that this answers.</summary>
    public string InteractionId => outcome.GetProperty("interactionId").GetString()!;

    /// <summary>The message; undefined when there is none.</summary>
    public JsonElement Message => outcome.TryGetProperty("message", out var message) ? message : default;

    public string? MessageId => Message.ValueKind == JsonValueKind.Object ? Message.GetProperty("id").GetString() : null;

    /// <summary>What the message says; empty when there is none.</summary>
    public string Text => Message.ValueKind == JsonValueKind.Object ? Message.GetProperty("content").GetString() ?? "" : "";

    /// <summary>The form that was opened; undefined when none was.</summary>
    public JsonElement Modal => outcome.TryGetProperty("modal", out var modal) ? modal : default;

    /// <summary>Suggestions for an option, by what is shown.</summary>
    public IReadOnlyList<string> Choices => outcome.TryGetProperty("choices", out var choices)
        ? [.. choices.EnumerateArray().Select(choice => choice.GetProperty("name").GetString()!)]
        : [];

    public IReadOnlyList<PressableButton> Buttons => Message.ValueKind != JsonValueKind.Object
        ? []
        : [.. Message.GetProperty("components").EnumerateArray()
            .SelectMany(row => row.GetProperty("components").EnumerateArray())
            .Where(button => button.TryGetProperty("custom_id", out _)
                && !(button.TryGetProperty("disabled", out var disabled) && disabled.ValueKind == JsonValueKind.True))
            .Select(button => new PressableButton(button.GetProperty("label").GetString()!, button.GetProperty("custom_id").GetString()!))];

    /// <exception cref="DemoException">There is no such button, or it is switched off.</exception>
    public PressableButton Button(string label) =>
        Buttons.FirstOrDefault(button => button.Label == label) ?? throw new DemoException($"There is no button “{label}” to press under: {Text}");
}
