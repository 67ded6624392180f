using System.Net;
using System.Net.Sockets;

namespace Rally.Webhooks.Network;

/// <summary>
/// Opens connections for deliveries. It resolves the name itself and connects to the very addresses it checked, so
/// that a name which changes between check and connection gains nothing.
/// </summary>
internal sealed class GuardedConnector(AddressGuard guard)
{
    /// <summary>Resolves a name; replaced by tests, which have no name server of their own.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <exception cref="AddressRefusedException">No address of the host is allowed.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var url = context.InitialRequestMessage.RequestUri!;
        var resolved = IPAddress.TryParse(host, out var literal) ? [literal] : await Resolve(host, stop);
        var allowed = resolved.Where(address => guard.Allows(url, address)).ToArray();
        if (allowed.Length == 0)
            throw new AddressRefusedException(host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
