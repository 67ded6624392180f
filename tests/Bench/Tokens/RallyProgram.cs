using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Apps;
using Rally.Bot.Hosting;
using Rally.Storage.Migrations;

namespace Rally.Bench.Tokens;

/// <summary>The whole program as it ships, without Discord, on a SQLite store of its own.</summary>
internal sealed class RallyProgram : TokenServer
{
    private readonly Uri _address;

    private RallyProgram(Process process, Uri address)
        : base(process)
    {
        _address = address;
        TokenEndpoint = new(address, "oauth2/token");
        IntrospectionEndpoint = new(address, "oauth2/introspect");
    }

    public override Uri TokenEndpoint { get; }

    public override Uri IntrospectionEndpoint { get; }

    public static async Task<RallyProgram> StartAsync(string folder)
    {
        await RegisterAsync(folder);
        var address = new Uri($"http://127.0.0.1:{FreePort()}/");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Rally.Bot.dll")]) { RedirectStandardOutput = true };
        foreach (var (name, value) in Settings(folder))
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["Listen"] = address.GetLeftPart(UriPartial.Authority);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var program = new RallyProgram(process, address);
        while (!await ListensAsync(address))
        {
            if (process.HasExited)
                throw new InvalidOperationException("The program ended early.");
            await Task.Delay(50);
        }

        return program;
    }

    /// <summary>By the former Rally's way in, which gives an app a refresh token without a person.</summary>
    public override async Task<IReadOnlyList<string>> RefreshTokensAsync(int count)
    {
        using var http = new HttpClient { BaseAddress = _address };
        var tokens = new string[count];
        for (var i = 0; i < count; i++)
        {
            using var answer = await http.PostAsJsonAsync("v1/oauth/register", new { username = ClientId, password = ClientSecret });
            answer.EnsureSuccessStatusCode();
            tokens[i] = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("refresh_token").GetString()!;
        }

        return tokens;
    }

    private static async Task RegisterAsync(string folder)
    {
        await using var app = RallyHost.Build(Settings(folder));
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        var registered = await RallyHost.OfOwnNetwork<RegisterApp>(app).ExecuteAsync(new RegisterApp.Request(
            ClientId, "Bench", "The benchmark", ClientSecret, [RedirectUri], ["balances:read", "webhooks:manage"],
            ["authorization_code", "refresh_token", "client_credentials"]));
        if (registered is RegisterApp.Invalid invalid)
            throw new InvalidOperationException(string.Join(' ', invalid.Reasons));
    }

    private static Dictionary<string, string?> Settings(string folder) => new()
    {
        ["Data"] = folder,
        ["Listen"] = "http://127.0.0.1:0",
        // Only for getting refresh tokens before the clock starts; the token endpoint has no such limit.
        ["Ledger:RateLimit:WriteBurst"] = "100000",
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> ListensAsync(Uri address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
