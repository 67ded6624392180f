using System.Globalization;
using Rally.Bot.DiscordApi.Interactions;

namespace Rally.Bot.Commands;

/// <summary>Replies, and the pieces of text in them.</summary>
internal static class Say
{
    /// <summary>Seen by the caller alone.</summary>
    public static MessageReply Privately(string text) => InteractionReply.Private(Fit(text));

    /// <summary>Seen by the channel.</summary>
    public static MessageReply Publicly(string text) => InteractionReply.Public(Fit(text));

    public static string User(ulong id) => $"<@{id}>";

    public static string Role(ulong id) => $"<@&{id}>";

    /// <summary>A date and time as each reader's Discord shows it, to the second.</summary>
    public static string Time(DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"<t:{seconds}:d> <t:{seconds}:T>";
    }

    /// <summary>Words of others, so that nothing in them is taken for Markdown or a mention.</summary>
    public static string Quote(string words) =>
        string.Concat(words.Select(c => c is '\\' or '*' or '_' or '~' or '`' or '|' or '>' or '<' or '[' or ']' or '(' or ')' or '#' or '@' ? $"\\{c}" : c < ' ' ? " " : c.ToString()));

    /// <summary>As much of a text as a message holds.</summary>
    public static string Fit(string text) => text.Length <= 2000 ? text : text[..1999] + "…";
}
