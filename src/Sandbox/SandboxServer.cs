using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Sandbox.DiscordServer;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.State;
using Rally.Sandbox.TwitchServer;

namespace Rally.Sandbox;

/// <summary>
/// A Discord of one guild on 127.0.0.1: REST and gateway of API version 10 for bots, and a page with its own API for
/// the people in the guild, who can also sign in elsewhere with their Discord or Twitch account. State, limits and errors are like the real ones.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DiscordParts _discord;

    private SandboxServer(WebApplication app, DiscordParts discord, TwitchParts twitch)
    {
        _app = app;
        _discord = discord;
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Page = new(address, "/");
        DiscordApi = new(address, RestPipeline.Root);
        DiscordSignIn = new(
            discord.Desk.ClientId, discord.Desk.ClientSecret, new(address, OAuthRoutes.AuthorizePath), new(address, OAuthRoutes.TokenPath),
            new(address, RestPipeline.Root + "/users/@me"));
        TwitchSignIn = new(
            twitch.Desk.ClientId, twitch.Desk.ClientSecret, new(address, TwitchParts.AuthorizePath), new(address, TwitchParts.TokenPath),
            new(address, TwitchParts.UsersPath));
        Gateway = discord.GatewayAddress = new UriBuilder(new Uri(address, "/gateway")) { Scheme = "ws" }.Uri;
    }

    /// <summary>The page on which people act as members.</summary>
    public Uri Page { get; }

    /// <summary>Base of the REST routes, without a slash at its end: …/api/v10.</summary>
    public Uri DiscordApi { get; }

    /// <summary>The gateway's WebSocket address, without version and encoding.</summary>
    public Uri Gateway { get; }

    /// <summary>Signing in with Discord.</summary>
    public SandboxSignIn DiscordSignIn { get; }

    /// <summary>Signing in with Twitch.</summary>
    public SandboxSignIn TwitchSignIn { get; }

    public string BotToken => _discord.World.Read(data => data.BotToken);

    /// <summary>The Ed25519 key that verifies interactions over HTTP, in hexadecimal.</summary>
    public string PublicKey => _discord.Signer.PublicKey;

    public ulong ApplicationId => _discord.World.Read(data => data.ApplicationId);

    public ulong GuildId => _discord.World.Read(data => data.GuildId);

    /// <summary>Those in the guild now, the bot among them; the name is the user name.</summary>
    public IReadOnlyList<SandboxEntry> Members => _discord.World.Read(data =>
        data.Members.Keys.Order().Select(id => new SandboxEntry(id, data.Users[id].Username)).ToArray());

    /// <summary>Low to high, beginning with @everyone.</summary>
    public IReadOnlyList<SandboxEntry> Roles => _discord.World.Read(data =>
        data.Roles.Values.OrderBy(role => role.Position).Select(role => new SandboxEntry(role.Id, role.Name)).ToArray());

    /// <summary>The guild's channels.</summary>
    public IReadOnlyList<SandboxEntry> Channels => _discord.World.Read(data =>
        data.Channels.Values.Where(channel => channel.RecipientId is null).Select(channel => new SandboxEntry(channel.Id, channel.Name)).ToArray());

    /// <summary>Counters of the REST side.</summary>
    public RestTraffic Traffic => _discord.Traffic;

    /// <exception cref="InvalidDataException">The state file is not one of a sandbox.</exception>
    /// <exception cref="IOException">The port is taken, or the state file cannot be read or written.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken stop)
    {
        // Empty arguments and content root: the host process's settings are not the sandbox's.
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        // What it is asked for holds codes, as at the sites it stands for.
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.AspNetCore", level => level >= LogLevel.Warning));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        try
        {
            var discord = new DiscordParts(options, app.Lifetime.ApplicationStopping);
            app.Use(RefuseForeignHosts);
            app.UseWebSockets();
            app.UseRouting();
            discord.Map(app);
            var twitch = new TwitchParts(discord.People, options.Time);
            twitch.Map(app);
            await app.StartAsync(stop);
            return new(app, discord, twitch);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _discord.Dispose();
    }

    /// <summary>A web page elsewhere must not reach the sandbox by pointing its own name at 127.0.0.1.</summary>
    private static Task RefuseForeignHosts(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Host.Host is "127.0.0.1" or "localhost")
            return next(http);
        http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
        return Task.CompletedTask;
    }
}
