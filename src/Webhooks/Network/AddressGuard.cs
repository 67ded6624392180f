using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Rally.Webhooks.Network;

/// <summary>
/// Which addresses deliveries may go to: public ones, because a client chooses the URL and this host can reach more
/// than the client can. Ranges are IANA's special-purpose registries (RFC 6890 and its successors).
/// </summary>
internal sealed class AddressGuard(IOptions<WebhooksOptions> options, TrustedOrigins trusted)
{
    /// <summary>What a refusal ends with: whoever runs the network may be the one who is refused, or is whom to ask.</summary>
    public const string HowToAllow =
        $"Its operator can allow private addresses with {Section}{nameof(WebhooksOptions.AllowPrivateAddresses)}=true, or single origins with {Section}{nameof(WebhooksOptions.TrustedOrigins)}.";

    private const string Section = "Webhooks:";

    private static readonly IPNetwork[] RefusedIPv4 =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("168.63.129.16/32"), // Azure's metadata server, on a public address
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.0.2.0/24"),
        IPNetwork.Parse("192.88.99.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"),
        IPNetwork.Parse("224.0.0.0/4"),
        IPNetwork.Parse("240.0.0.0/4"),
    ];

    // What is not global unicast is refused as a whole: loopback, unique-local, link-local, site-local, multicast,
    // IPv4-compatible, NAT64 with a local prefix.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] RefusedGlobalUnicast =
    [
        IPNetwork.Parse("2001::/23"), // Teredo and other protocol assignments
        IPNetwork.Parse("2001:db8::/32"),
        IPNetwork.Parse("3fff::/20"),
    ];

    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether <paramref name="url"/> may be reached at <paramref name="address"/>.</summary>
    public bool Allows(Uri url, IPAddress address) =>
        options.Value.AllowPrivateAddresses || trusted.Has(url) || IsPublic(address);

    /// <summary>Whether an address is on the public Internet, also when it stands for an IPv4 address inside an IPv6 one.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return IsPublic(address.MapToIPv4());
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !RefusedIPv4.Any(network => network.Contains(address));

        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return IsPublic(new IPAddress(bytes.AsSpan(12, 4)));
        if (SixToFour.Contains(address))
            return IsPublic(new IPAddress(bytes.AsSpan(2, 4)));
        return GlobalUnicast.Contains(address) && !RefusedGlobalUnicast.Any(network => network.Contains(address));
    }
}
