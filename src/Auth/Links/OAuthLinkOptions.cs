namespace Rally.Auth.Links;

/// <summary>This installation's app at a site where people sign in to link their account there.</summary>
public sealed class OAuthLinkOptions
{
    /// <summary>The app's id there; without it, accounts there cannot be linked.</summary>
    public string? ClientId { get; set; }

    /// <summary>The app's secret there. A secret: from the environment, user-secrets or a file.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>Where browsers are sent; https, or http on this machine.</summary>
    public Uri? AuthorizationEndpoint { get; set; }

    /// <summary>Where a code becomes a token; https, or http on this machine.</summary>
    public Uri? TokenEndpoint { get; set; }

    /// <summary>Where a token tells whose it is; https, or http on this machine.</summary>
    public Uri? UserEndpoint { get; set; }

    /// <summary>Whether there is an app.</summary>
    internal bool IsOn => !string.IsNullOrEmpty(ClientId);

    /// <summary>What is wrong, in sentences.</summary>
    internal IEnumerable<string> FaultsOf(string name)
    {
        if (string.IsNullOrEmpty(ClientId) != string.IsNullOrEmpty(ClientSecret))
            yield return $"{name}:ClientId and {name}:ClientSecret belong together: set both, or neither.";
        foreach (var (setting, url) in new[] { ("AuthorizationEndpoint", AuthorizationEndpoint), ("TokenEndpoint", TokenEndpoint), ("UserEndpoint", UserEndpoint) })
        {
            if (url is null || !url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
                yield return $"{name}:{setting} must be an https address (http only on this machine); leave it out for the site's own.";
        }
    }
}
