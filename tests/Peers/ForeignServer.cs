using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Rally.Bot.Network;

namespace Rally.Peers.Tests;

/// <summary>oidc-provider in the network's place, the bot's client of it, and a person whose browser the bot sends there.</summary>
internal sealed class ForeignServer : IAsyncDisposable
{
    private static readonly Uri Bot = new("http://127.0.0.1:9/");

    private readonly Process _process;
    private readonly HttpClient _control;
    private readonly HttpClient _http = RallyHttp.CreateClient(TimeProvider.System);

    private ForeignServer(Process process, Uri address, Uri control, string secret)
    {
        (_process, Address) = (process, address);
        _control = new HttpClient { BaseAddress = control };
        OAuth = OAuthWith(secret);
    }

    public Uri Address { get; }

    public RallyOAuth OAuth { get; }

    public static async Task<ForeignServer> StartAsync(string secret)
    {
        var (port, control) = (NodePeer.FreePort(), NodePeer.FreePort());
        var process = NodePeer.Start("foreign-bot.mjs", JsonSerializer.Serialize(new
        {
            port,
            control,
            account = new { id = "80351110224678912", username = "nelly" },
            scopes = RallyOAuth.FanScopes.Split(' ').Union(RallyOAuth.OwnScopes.Split(' ')),
            client = new
            {
                client_id = "our-bot",
                client_secret = secret,
                redirect_uris = new[] { new Uri(Bot, Installation.LinkCallbackPath) },
                grant_types = new[] { "authorization_code", "refresh_token", "client_credentials" },
                token_endpoint_auth_method = "client_secret_basic",
                scope = string.Join(' ', RallyOAuth.FanScopes.Split(' ').Union(RallyOAuth.OwnScopes.Split(' '))),
            },
        }));
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var site = new ForeignServer(process, new Uri($"http://127.0.0.1:{port}/"), new Uri($"http://127.0.0.1:{control}/"), secret);
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string? line;
        do
            line = await process.StandardOutput.ReadLineAsync(tooLong.Token);
        while (line is not (null or "ready"));
        if (line is not null)
            return site;
        await site.DisposeAsync();
        throw new InvalidOperationException("foreign-bot.mjs ended before it served.");
    }

    /// <summary>The bot's client as it is when its secret there is this one.</summary>
    public RallyOAuth OAuthWith(string secret)
    {
        var installation = new Installation();
        installation.Set(new(Bot, new Uri(Bot, "webhooks/rally"), Address, Address, IsEmbedded: false, "our-bot", secret));
        return new RallyOAuth(_http, installation, Options.Create(new NetworkOptions()));
    }

    /// <summary>Sends a person there, who decides; what their browser brings back.</summary>
    public async Task<Dictionary<string, string>> AuthorizeAsync(string state, string codeVerifier, string decision)
    {
        var url = await OAuth.AuthorizationUrlAsync(state, codeVerifier, "nova", 1, 2, CancellationToken.None);
        var back = new Uri(await _control.GetStringAsync(new Uri(
            QueryHelpers.AddQueryString("person", new Dictionary<string, string?> { ["decision"] = decision, ["url"] = url.AbsoluteUri }), UriKind.Relative)));
        return QueryHelpers.ParseQuery(back.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    /// <summary>From now on its token endpoint fails in this way.</summary>
    public async Task BreakTokensAsync(string fault) => (await _control.GetAsync(new Uri($"faults?token={fault}", UriKind.Relative))).Dispose();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _control.Dispose();
        _http.Dispose();
    }
}
