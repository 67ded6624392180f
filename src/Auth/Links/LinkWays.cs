using Rally.Auth.Server;

namespace Rally.Auth.Links;

/// <summary>Where the page is that links an identity of a provider.</summary>
internal static class LinkWays
{
    /// <returns>Its path; null when this server is not set up for that provider.</returns>
    public static string? To(LinkProvider provider) => provider == LinkProvider.Ethereum ? Paths.Wallet : null;
}
