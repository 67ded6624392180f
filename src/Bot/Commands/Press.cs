namespace Rally.Bot.Commands;

/// <summary>A question was answered by whom it was asked.</summary>
/// <param name="Call">Who and where, without options.</param>
/// <param name="Prompt">The question.</param>
/// <param name="Choice">The button that was pressed.</param>
/// <param name="Fields">What was written into a form, by its inputs' custom ids; empty for a button.</param>
internal sealed record Press(CommandCall Call, Prompt Prompt, string Choice, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>Null for what was left empty.</summary>
    public string? Field(string name) => Fields.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;
}
