using System.Globalization;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>
/// A call's address. Rate limits hold per method, <see cref="Template"/> and <see cref="Major"/> parameter (guild,
/// channel, or webhook with its token). Logs name the template only: some paths hold tokens.
/// </summary>
internal sealed record Route(HttpMethod Method, string Template, string Path, string Major)
{
    /// <param name="template">Such as <c>/guilds/{0}/roles</c>; a query may follow in <paramref name="query"/>.</param>
    public static Route To(HttpMethod method, string template, string query = "", params object[] parameters)
    {
        var escaped = Array.ConvertAll(
            parameters, value => Uri.EscapeDataString(Convert.ToString(value, CultureInfo.InvariantCulture)!));
        var path = string.Format(CultureInfo.InvariantCulture, template, escaped) + query;
        return new(method, template, path, MajorOf(template, escaped));
    }

    /// <summary>What a log or an error may say.</summary>
    public override string ToString() => $"{Method} {Template}";

    private static string MajorOf(string template, string[] parameters) => template.Split('/')[1] switch
    {
        "guilds" or "channels" => parameters[0],
        "webhooks" or "interactions" => $"{parameters[0]}/{parameters[1]}",
        _ => "",
    };
}
