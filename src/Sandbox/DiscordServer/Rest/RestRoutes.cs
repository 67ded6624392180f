using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Sandbox.DiscordServer.RateLimits;

namespace Rally.Sandbox.DiscordServer.Rest;

internal sealed record RestRoute(RateLimitRule Rule, bool IsAnonymous, Func<RestCall, Task<RestReply>> Handle);

/// <summary>The table of routes under /api/v10; the files beside fill it, one a resource.</summary>
internal sealed class RestRoutes(IEndpointRouteBuilder app, RestPipeline pipeline, RateLimitOptions limits)
{
    /// <summary>Granting and taking share one bucket a guild.</summary>
    public RateLimitRule MemberRoles => new("member-roles", limits.MemberRoles, limits.MemberRolesWindow);

    public void Map(string method, string template, Func<RestCall, RestReply> handle, RateLimitRule? rule = null) =>
        Map(method, template, call => Task.FromResult(handle(call)), rule);

    public void Map(string method, string template, Func<RestCall, Task<RestReply>> handle, RateLimitRule? rule = null) =>
        Add(method, template, new(rule ?? Own(method, template), IsAnonymous: false, handle));

    /// <summary>Routes of interactions: the token in the path is the permission, and the global limit does not count.</summary>
    public void MapInteraction(string method, string template, Func<RestCall, RestReply> handle) =>
        Add(method, template, new(Own(method, template) with { CountsGlobally = false }, IsAnonymous: true, call => Task.FromResult(handle(call))));

    public void MapAnonymous(string method, string template, Func<RestCall, RestReply> handle) =>
        Add(method, template, new(Own(method, template), IsAnonymous: true, call => Task.FromResult(handle(call))));

    /// <summary>All that has no route: 404 in Discord's own shape.</summary>
    public void MapUnknown() =>
        app.Map(RestPipeline.Root + "/{**rest}", (HttpContext http) => pipeline.RunAsync(http, route: null));

    private RateLimitRule Own(string method, string template) =>
        new($"{method} {template}", limits.OtherRoutes, limits.OtherRoutesWindow);

    private void Add(string method, string template, RestRoute route) =>
        app.MapMethods(RestPipeline.Root + template, [method], (HttpContext http) => pipeline.RunAsync(http, route));
}
