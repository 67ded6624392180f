using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Rally.Sandbox.Pages;

/// <summary>The table of routes under /sandbox/api.</summary>
internal sealed class PageRoutes(IEndpointRouteBuilder app)
{
    public void Map(string method, string path, Func<PageCall, JsonNode> act) => Map(method, path, call => Task.FromResult(act(call)));

    public void Map(string method, string path, Func<PageCall, Task<JsonNode>> act) =>
        app.MapMethods("/sandbox/api" + path, [method], (HttpContext http) => PageCall.RunAsync(http, act));
}
