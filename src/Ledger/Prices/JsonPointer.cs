using System.Globalization;
using System.Text.Json;

namespace Rally.Ledger.Prices;

/// <summary>A JSON pointer (RFC 6901): the steps from the top of a document to a value.</summary>
internal sealed class JsonPointer
{
    private readonly string[] _steps;

    private JsonPointer(string[] steps) => _steps = steps;

    /// <returns>Null when the text is no pointer.</returns>
    public static JsonPointer? Parse(string text)
    {
        if (text.Length == 0)
            return new([]);
        if (text[0] != '/')
            return null;
        var steps = text[1..].Split('/');
        return steps.All(IsEscaped) ? new([.. steps.Select(Unescape)]) : null;
    }

    /// <returns>Null when there is nothing at this place.</returns>
    public JsonElement? Find(JsonElement top)
    {
        var here = top;
        foreach (var step in _steps)
        {
            if (here.ValueKind == JsonValueKind.Object && here.TryGetProperty(step, out var member))
                here = member;
            else if (here.ValueKind == JsonValueKind.Array && Index(step) is { } index && index < here.GetArrayLength())
                here = here[index];
            else
                return null;
        }

        return here;
    }

    private static bool IsEscaped(string step)
    {
        for (var i = step.IndexOf('~', StringComparison.Ordinal); i >= 0; i = step.IndexOf('~', i + 1))
        {
            if (i + 1 == step.Length || step[i + 1] is not ('0' or '1'))
                return false;
        }

        return true;
    }

    private static string Unescape(string step) =>
        step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    // No leading zeros, and not '-', which is the element behind the last.
    private static int? Index(string step) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && (step.Length == 1 || step[0] != '0')
            ? index
            : null;
}
