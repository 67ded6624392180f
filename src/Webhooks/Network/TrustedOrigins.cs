using System.Collections.Immutable;
using Microsoft.Extensions.Options;

namespace Rally.Webhooks.Network;

/// <summary>
/// The origins (scheme, host and port) of the operator's own programs, which may be on any address, loopback too.
/// Begins with <see cref="WebhooksOptions.TrustedOrigins"/>.
/// </summary>
public sealed class TrustedOrigins
{
    private ImmutableHashSet<string> _origins;

    /// <summary>Made by <see cref="WebhooksModule.AddWebhooks"/>.</summary>
    public TrustedOrigins(IOptions<WebhooksOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _origins = [.. options.Value.TrustedOrigins.Select(origin => OriginOf(new Uri(origin)))];
    }

    /// <summary>Trusts the origin of <paramref name="address"/>, for one known only once the host listens.</summary>
    public void Add(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        ImmutableInterlocked.Update(ref _origins, static (origins, origin) => origins.Add(origin), OriginOf(address));
    }

    internal static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        && url is { UserInfo: "", PathAndQuery: "/", Fragment: "" };

    internal bool Has(Uri address) => Volatile.Read(ref _origins).Contains(OriginOf(address));

    private static string OriginOf(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
