using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>What a developer may say of an app.</summary>
internal sealed class AppRules(ScopeCatalog scopes, IOptions<AuthOptions> options)
{
    public const int GreatestNameLength = 80;
    public const int GreatestAddressLength = 500;
    public const int MostRedirectUris = 20;

    private const string HowToAllowWebhooks = $"This network's operator can allow others with Auth:{nameof(AuthOptions.AllowPrivateWebhooks)}=true.";

    // Beside single words, what only the own network knows: RFC 6761, RFC 6762, RFC 8375, ICANN's .internal, and .lan by custom.
    private static readonly string[] PrivateNames = [".localhost", ".local", ".internal", ".home.arpa", ".lan"];

    /// <summary>What is wrong, as sentences for the developer.</summary>
    public IReadOnlyList<string> FaultsOf(AppDraft draft) => [.. Faults(draft)];

    private IEnumerable<string> Faults(AppDraft draft)
    {
        if (!IsName(draft.Name))
            yield return $"The name has 1 to {GreatestNameLength} characters that can be seen.";
        if (draft.HomePage is { } home && !IsWebAddress(home))
            yield return $"The home page must be an https address, such as https://app.example, of at most {GreatestAddressLength} characters.";
        foreach (var fault in RedirectFaults(draft.RedirectUris))
            yield return fault;
        if (draft.GrantTypes.Count == 0)
            yield return "A public app needs a redirect URI, or runs on devices: otherwise nobody could sign in.";
        foreach (var fault in ScopeFaults(draft))
            yield return fault;
        if (draft.Webhook is { } webhook && WebhookFault(webhook) is { } wrong)
            yield return wrong;
    }

    // Characters that are not seen can make one name look like another, or turn the sentence around.
    private static bool IsName(string name) =>
        name.Length is >= 1 and <= GreatestNameLength && !name.Any(c => char.GetUnicodeCategory(c) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or
            UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static IEnumerable<string> RedirectFaults(IReadOnlyList<string> uris)
    {
        if (uris.Count > MostRedirectUris)
            yield return $"An app has at most {MostRedirectUris} redirect URIs.";
        foreach (var uri in uris.Take(MostRedirectUris))
        {
            // Narrower than what the operator may register: nobody owns a private scheme.
            if (Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed is not ({ Scheme: "https" } or { Scheme: "http", IsLoopback: true }))
                yield return $"{Shorten(uri)}: A redirect URI must be https, or http on loopback (127.0.0.1, [::1], localhost).";
            else if (RedirectUri.FaultOf(uri) is { } fault)
                yield return $"{Shorten(uri)}: {fault}";
        }
    }

    private IEnumerable<string> ScopeFaults(AppDraft draft)
    {
        if (draft.Scopes.Count == 0)
            yield return "Choose at least one thing that it may ask for.";
        foreach (var scope in draft.Scopes.Where(name => scopes.Find(name) is not { ByOperatorOnly: false }))
            yield return $"{scope} is not for developers to choose.";
        foreach (var scope in draft.Scopes.Where(name => !draft.IsConfidential && scopes.Find(name) is { ForClientsOnly: true }))
            yield return $"{scope} is for apps with a secret.";
    }

    /// <summary>
    /// An address where the network sends requests must not let a developer reach into the operator's own network. A name may
    /// still lead there, which whoever sends has to look at.
    /// </summary>
    private string? WebhookFault(string webhook)
    {
        if (!IsPlain(webhook) || !Uri.TryCreate(webhook, UriKind.Absolute, out var url) || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            return "The webhook address must be absolute, plain ASCII, without spaces, user and fragment, and of at most 500 characters.";
        if (options.Value.AllowPrivateWebhooks)
            return url.Scheme is "https" or "http" ? null : "The webhook address must be https or http.";
        if (url.Scheme != Uri.UriSchemeHttps)
            return $"The webhook address must be https. {HowToAllowWebhooks}";
        return IPAddress.TryParse(url.DnsSafeHost, out _) || !IsPublicName(url.DnsSafeHost)
            ? $"The webhook address must have a public name, such as app.example, and not an IP address. {HowToAllowWebhooks}"
            : null;
    }

    private static bool IsPublicName(string host)
    {
        var name = host.TrimEnd('.');
        return name.Contains('.', StringComparison.Ordinal) &&
            !PrivateNames.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsWebAddress(string text) =>
        IsPlain(text) && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0;

    private static bool IsPlain(string text) => text.Length <= GreatestAddressLength && text.All(c => c is > ' ' and < '\x7f');

    private static string Shorten(string uri) => uri.Length <= 100 ? uri : uri[..100] + "…";
}
