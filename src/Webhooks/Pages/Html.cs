using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Rally.Webhooks.Pages;

/// <summary>
/// HTML written as an interpolated string: the literal parts pass as they are, every value put in is encoded, unless it is
/// itself <see cref="Html"/>. Attribute values must stand in double quotes.
/// </summary>
[InterpolatedStringHandler]
internal readonly struct Html(int literalLength, int formattedCount)
{
    private readonly StringBuilder? _text = new(literalLength + (16 * formattedCount));

    public static Html Empty => default;

    /// <summary>What is HTML already.</summary>
    public static Html Raw(string html)
    {
        var raw = new Html(html.Length, 0);
        raw.AppendLiteral(html);
        return raw;
    }

    public void AppendLiteral(string literal) => _text!.Append(literal);

    public void AppendFormatted(string? value) => _text!.Append(HtmlEncoder.Default.Encode(value ?? ""));

    public void AppendFormatted(long value) => _text!.Append(value);

    public void AppendFormatted(Html value) => _text!.Append(value._text);

    public void AppendFormatted(IEnumerable<Html> values)
    {
        foreach (var value in values)
            _text!.Append(value._text);
    }

    public override string ToString() => _text?.ToString() ?? "";
}
