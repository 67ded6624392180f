using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Rally.Auth.Apps;
using Rally.Bot.Network;
using Rally.Bot.Store;
using Rally.Webhooks.Network;

namespace Rally.Bot.Hosting;

/// <summary>
/// Once the server listens: tells the bot its addresses, and registers it as the embedded network's first OAuth client.
/// </summary>
internal sealed class InstallationSetup(
    IServer server, HostSettings settings, IOptions<NetworkOptions> network, Installation installation, IServiceProvider services)
    : IHostedLifecycleService
{
    private const string ClientId = "rally-bot";

    // Discord tells the bot who used /coin join, so its word on whose a Discord account is can be taken here.
    private const string VouchScope = "links:vouch";

    /// <summary>A client with what a bot needs: to link fans, to act for them, to read, and to be told of events.</summary>
    public static RegisterApp.Request BotClient(string id, string name, string owner, string secret, Uri linkCallback) => new(
        id, name, owner, secret, [linkCallback.ToString()],
        [.. RallyOAuth.FanScopes.Split(' ').Union(RallyOAuth.OwnScopes.Split(' '))],
        ["authorization_code", "refresh_token", "client_credentials"]);

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var loopback = LoopbackAddress();
        var publicUrl = settings.PublicUrl ?? loopback;
        var options = network.Value;
        if (options.Mode == NetworkMode.Remote)
        {
            var url = options.Url!;
            installation.Set(new(publicUrl, new Uri(publicUrl, "webhooks/rally"), url, url, IsEmbedded: false, options.ClientId!, options.ClientSecret!));
            return;
        }

        var secret = await services.GetRequiredService<SecretStore>().GetOrCreateAsync(
            "client_secret", () => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32)), cancellationToken);
        var known = new Installation.Known(
            publicUrl, new Uri(loopback, "webhooks/rally"), loopback, publicUrl, IsEmbedded: true, ClientId, secret);
        var client = BotClient(ClientId, "Rally Bot", "this installation's operator", secret, known.LinkCallback);
        var registered = await services.GetRequiredService<RegisterApp>().ExecuteAsync(
            client with { Scopes = [.. client.Scopes, VouchScope] }, cancellationToken);
        if (registered is RegisterApp.Invalid invalid)
            throw new SettingException($"The bot cannot be registered at its own network: {string.Join(' ', invalid.Reasons)}");
        services.GetRequiredService<TrustedOrigins>().Add(known.WebhookUrl);
        installation.Set(known);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The first address the server listens on, as this machine reaches it.</summary>
    private Uri LoopbackAddress()
    {
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var url = new UriBuilder(address.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal));
        if (url.Host is "0.0.0.0" or "[::]" or "::")
            url.Host = "127.0.0.1";
        return url.Uri;
    }
}
