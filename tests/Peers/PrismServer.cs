using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rally.Testing;

namespace Rally.Peers.Tests;

/// <summary>Prism with an OpenAPI document. It is slow to start and to answer: tests of one collection, so that one runs at a time.</summary>
internal sealed class PrismServer : IAsyncDisposable
{
    private readonly Process _process;

    private PrismServer(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Answers as the document says, and says of each request whether it did.</summary>
    public static Task<PrismServer> MockAsync(string document) => StartAsync("mock", [document]);

    /// <summary>Stands between a client and a server, and answers in the server's place when either breaks the document.</summary>
    public static Task<PrismServer> ProxyAsync(string document, Uri server) =>
        StartAsync("proxy", ["--errors", document, server.ToString().TrimEnd('/')]);

    private static async Task<PrismServer> StartAsync(string verb, string[] arguments)
    {
        var port = NodePeer.FreePort();
        var process = NodePeer.Start(
            Path.Combine("node_modules", "@stoplight", "prism-cli", "dist", "index.js"),
            [verb, "--host", "127.0.0.1", "--port", $"{port}", .. arguments]);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var prism = new PrismServer(process, new($"http://127.0.0.1:{port}"));
        try
        {
            await Eventually.TrueAsync(() => process.HasExited ? throw new InvalidOperationException("Prism cannot serve the document.") : ListensAsync(port),
                "Prism serves the document", TimeSpan.FromMinutes(3));
        }
        catch
        {
            await prism.DisposeAsync();
            throw;
        }

        return prism;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
