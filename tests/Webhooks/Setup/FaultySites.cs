using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>Ports on loopback at which no request is answered as it should be.</summary>
internal sealed class FaultySites : IAsyncDisposable
{
    private readonly List<TcpListener> _listeners = [];
    private readonly List<Receiver> _receivers = [];

    public required string Nowhere { get; init; }

    public required string Junk { get; init; }

    public required string BrokenOff { get; init; }

    public required string EndsEarly { get; init; }

    public required string NoTls { get; init; }

    public required string SelfSigned { get; init; }

    public required string Expired { get; init; }

    public required string WrongName { get; init; }

    public static async Task<FaultySites> StartAsync()
    {
        var (closed, junk, broken, early) = (Listener(), Listener(), Listener(), Listener());
        var now = TimeProvider.System.GetUtcNow();
        var plain = await Receiver.StartAsync();
        var selfSigned = await Receiver.StartAsync(certificate: Certificate(IPAddress.Loopback, now.AddDays(-1), now.AddDays(1)));
        var expired = await Receiver.StartAsync(certificate: Certificate(IPAddress.Loopback, now.AddDays(-2), now.AddDays(-1)));
        var another = await Receiver.StartAsync(certificate: Certificate(IPAddress.Parse("192.0.2.1"), now.AddDays(-1), now.AddDays(1)));
        var sites = new FaultySites
        {
            Nowhere = UrlOf(closed),
            Junk = UrlOf(junk),
            BrokenOff = UrlOf(broken),
            EndsEarly = UrlOf(early),
            NoTls = plain.Url.Replace("http:", "https:", StringComparison.Ordinal),
            SelfSigned = selfSigned.Url,
            Expired = expired.Url,
            WrongName = another.Url,
        };
        closed.Stop();
        sites._listeners.AddRange([junk, broken, early]);
        sites._receivers.AddRange([plain, selfSigned, expired, another]);
        _ = AnswerAsync(junk, "HTTP/1.0 whatever\r\n\r\n<html>"u8.ToArray());
        _ = AnswerAsync(broken, "HTTP/1.0 200 OK\r\nContent-Len"u8.ToArray());
        _ = AnswerAsync(early, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"u8.ToArray());
        return sites;
    }

    /// <summary>None of them has taken a message.</summary>
    public bool AreUntouched => _receivers.All(receiver => receiver.Deliveries.IsEmpty);

    public async ValueTask DisposeAsync()
    {
        _listeners.ForEach(listener => listener.Stop());
        foreach (var receiver in _receivers)
            await receiver.DisposeAsync();
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static string UrlOf(TcpListener listener) => $"http://{listener.LocalEndpoint}/hook";

    /// <summary>Sends the same to everybody once something came, and hangs up.</summary>
    private static async Task AnswerAsync(TcpListener listener, byte[] answer)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[16 * 1024]);
                await stream.WriteAsync(answer);
                client.Client.Shutdown(SocketShutdown.Send);
                // To the sender's end, so that what was sent is not lost with a reset.
                await stream.CopyToAsync(Stream.Null);
            }
            catch (IOException)
            {
                // The sender has hung up first.
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static X509Certificate2 Certificate(IPAddress address, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        var request = new CertificateRequest("CN=receiver", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(from, until);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
