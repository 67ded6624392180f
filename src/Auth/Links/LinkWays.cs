using Microsoft.Extensions.Options;
using Rally.Auth.Server;

namespace Rally.Auth.Links;

/// <summary>Where the pages are that link an identity of a provider, and which of them there are.</summary>
internal sealed class LinkWays(IOptions<AuthOptions> options)
{
    /// <summary>The scheme of the cookie that carries who signed in elsewhere from the callback to the page after it.</summary>
    public const string ProofScheme = "rally.link";

    /// <summary>The property of a sign-in elsewhere that names the account it was begun for.</summary>
    public const string AccountItem = "account";

    /// <returns>Its path; null when this server is not set up for that provider.</returns>
    public string? To(LinkProvider provider)
    {
        if (provider == LinkProvider.Ethereum)
            return Paths.Wallet;
        return options.Value.Links.Of(provider)?.IsOn == true ? PageOf(provider) : null;
    }

    public static string PageOf(LinkProvider provider) => $"{Paths.Links}/{provider.Key}";

    public static string CallbackOf(LinkProvider provider) => $"{PageOf(provider)}/callback";

    public static string DoneOf(LinkProvider provider) => $"{PageOf(provider)}/done";

    public static string SchemeOf(LinkProvider provider) => $"{ProofScheme}.{provider.Key}";
}
