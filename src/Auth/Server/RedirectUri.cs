using System.Text.RegularExpressions;

namespace Rally.Auth.Server;

/// <summary>The rules of redirect URIs: RFC 9700, 2.1 (exact match) and RFC 8252, 7 and 8 (native apps).</summary>
internal static partial class RedirectUri
{
    /// <summary>What keeps this from being registered, as a sentence; null when nothing does.</summary>
    public static string? FaultOf(string uri)
    {
        if (uri.Length > 500 || !uri.All(c => c is > ' ' and < '\x7f') || !Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
            return "A redirect URI must be absolute, plain ASCII, without spaces, and at most 500 characters.";
        if (uri.Contains('#', StringComparison.Ordinal) || parsed.UserInfo.Length > 0)
            return "A redirect URI must have no fragment and no user.";
        var allowed = parsed.Scheme switch
        {
            "https" => true,
            "http" => parsed.IsLoopback,
            // Private-use schemes carry a reversed domain name, which keeps javascript:, data: and the like out.
            var scheme => scheme.Contains('.', StringComparison.Ordinal),
        };
        return allowed
            ? null
            : "A redirect URI must be https, http on loopback, or a private scheme with a dot such as com.example.app:/callback.";
    }

    /// <summary>Whether the client may be answered at <paramref name="given"/>.</summary>
    public static bool Matches(Client client, string given) =>
        client.RedirectUris.Contains(given, StringComparer.Ordinal) ||
        (client.IsPublic && client.RedirectUris.Any(registered => IsSameLoopback(registered, given)));

    /// <summary>
    /// The source expression for the page's form-action, because Chromium applies that to redirects after a form.
    /// </summary>
    public static string CspSource(string uri)
    {
        var parsed = new Uri(uri);
        // CSP has no syntax for IPv6 addresses, and private schemes have no host.
        return parsed.Scheme is "http" or "https" && parsed.HostNameType != UriHostNameType.IPv6
            ? $"{parsed.Scheme}://{parsed.IdnHost}:{parsed.Port}"
            : $"{parsed.Scheme}:";
    }

    /// <summary>Where it leads, for people: a host, or this machine.</summary>
    public static string Place(string uri)
    {
        var parsed = new Uri(uri);
        return parsed.Scheme is not ("http" or "https") ? "an app on this device"
            : parsed.IsLoopback ? "a program on this device"
            : parsed.IdnHost;
    }

    // A native app listens on whatever port is free; everything else must be as registered.
    private static bool IsSameLoopback(string registered, string given)
    {
        var (a, b) = (Loopback().Match(registered), Loopback().Match(given));
        return a.Success && b.Success &&
            a.Groups["host"].Value == b.Groups["host"].Value &&
            a.Groups["rest"].Value == b.Groups["rest"].Value &&
            Uri.TryCreate(given, UriKind.Absolute, out _);
    }

    [GeneratedRegex(@"^http://(?<host>127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?(?<rest>(/.*)?)\z")]
    private static partial Regex Loopback();
}
