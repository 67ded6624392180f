using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Rally.Bot.Pages;

/// <summary>HTML written as an interpolated string: what is interpolated is encoded, unless it is <see cref="Html"/> itself.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlBuilder
{
    private readonly StringBuilder _text;

    public HtmlBuilder(int literalLength, int formattedCount) => _text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => _text.Append(literal);

    public void AppendFormatted<T>(T value) =>
        _text.Append(value is Html html ? html.Text : HtmlEncoder.Default.Encode(value?.ToString() ?? ""));

    public override string ToString() => _text.ToString();
}

/// <summary>A piece of a page that is safe to send.</summary>
internal readonly struct Html
{
    public Html(HtmlBuilder text) => Text = text.ToString();

    public string Text { get; }
}
