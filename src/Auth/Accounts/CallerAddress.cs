using System.Net;
using System.Net.Sockets;

namespace Rally.Auth.Accounts;

/// <summary>Where a request comes from, as far as accounts care.</summary>
internal static class CallerAddress
{
    private const int Ipv6NetworkBytes = 8;

    /// <summary>The address as text; empty where the transport has none.</summary>
    public static string Text(IPAddress? address) => address is null ? "" : Plain(address).ToString();

    /// <summary>Who counts as one caller: an IPv4 address, or an IPv6 network of 64 bits, for whoever has one of its addresses has all.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is null)
            return "";
        address = Plain(address);
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, Ipv6NetworkBytes))
            : address.ToString();
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
