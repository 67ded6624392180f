using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Sandbox.DiscordServer.Faults;
using Rally.Sandbox.DiscordServer.Gateway;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.RateLimits;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;
using Rally.Sandbox.OAuth;
using Rally.Sandbox.Pages;

namespace Rally.Sandbox.DiscordServer;

/// <summary>The sandbox's Discord, put together.</summary>
internal sealed class DiscordParts : IDisposable
{
    private readonly SandboxOptions _options;
    private readonly CancellationToken _stop;
    private readonly HttpDelivery _delivery;
    private readonly GatewayHub _hub;
    private readonly FaultPlan _faults = new();

    public DiscordParts(SandboxOptions options, CancellationToken stop)
    {
        _options = options;
        _stop = stop;
        World = new(options);
        Signer = new(World.Data.SigningKey);
        _delivery = new(Signer, options.Time);
        _hub = new(World, options);
        Desk = new(Wire.Id(World.Data.ApplicationId), TimeSpan.FromDays(7), checksVerifier: true, options.Time);
    }

    public World World { get; }

    public InteractionSigner Signer { get; }

    /// <summary>The application as one that people can sign in to with Discord.</summary>
    public AuthorizationDesk Desk { get; }

    public RestTraffic Traffic { get; } = new();

    /// <summary>Known once the server listens.</summary>
    public Uri? GatewayAddress { get; set; }

    public void Map(WebApplication app)
    {
        var desk = new InteractionDesk(World, _options, _delivery);
        MapRest(app, desk);
        var protocol = new GatewayProtocol(World, _hub, _options, Address);
        var gateway = new GatewayEndpoint(_hub, protocol, _options, _faults, _stop);
        app.Map("/gateway", gateway.RunAsync);
        var page = new PageRoutes(app);
        new PageApi(World, desk, new MemberActions(World, desk)).Map(page);
        new GuildApi(World).Map(page);
        new FaultApi(_faults, _hub, Traffic).Map(page);
        app.MapPage();
        app.MapGet("/sandbox/api/events", new EventStream(World, _stop).RunAsync);
    }

    /// <summary>All who ever were in the guild, without the bot.</summary>
    public IReadOnlyList<SandboxEntry> People() => World.Read(data =>
        data.Users.Values.Where(user => !user.IsBot).OrderBy(user => user.Id).Select(user => new SandboxEntry(user.Id, user.Username)).ToArray());

    public void Dispose()
    {
        World.StopKeeping();
        _delivery.Dispose();
    }

    private void MapRest(IEndpointRouteBuilder app, InteractionDesk desk)
    {
        var limiter = new RateLimiter(_options.RateLimits, _options.Time);
        var routes = new RestRoutes(app, new(World, limiter, _faults, Traffic), _options.RateLimits);
        new ApplicationRoutes(World, _hub, _delivery, Desk, Signer.PublicKey, _options.ServerMembersIntent, Address).Map(routes);
        new GuildRoutes(World).Map(routes);
        new RoleRoutes(World).Map(routes);
        new MemberRoutes(World, _options.ServerMembersIntent).Map(routes);
        var channels = new ChannelRoutes(World);
        channels.Map(routes);
        channels.MapFiles(app);
        new CommandRoutes(World).Map(routes);
        new InteractionRoutes(World, desk).Map(routes);
        new OAuthRoutes(Desk, People).Map(app);
        routes.MapUnknown();
    }

    private Uri Address() => GatewayAddress ?? throw new InvalidOperationException("The server does not listen yet.");
}
