using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Rally.Sandbox.DiscordServer.Faults;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>Accepts bots at /gateway?v=10&amp;encoding=json.</summary>
internal sealed class GatewayEndpoint(GatewayHub hub, GatewayProtocol protocol, SandboxOptions options, FaultPlan faults, CancellationToken stop)
{
    public async Task RunAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, http.RequestAborted);
        var connection = new GatewayConnection(socket, protocol, options, faults);
        if (Refusal(http.Request.Query) is { } refusal)
            connection.Close(refusal.Code, refusal.Reason);

        var clientCode = await connection.RunAsync(either.Token);
        if (connection.Session is not { } session)
            return;
        session.Detach(connection, options.Time.GetUtcNow());
        // A client that says goodbye ends its session; one that is lost may resume it.
        if (clientCode is (int)WebSocketCloseStatus.NormalClosure or (int)WebSocketCloseStatus.EndpointUnavailable)
            hub.End(session);
    }

    private static (CloseCode Code, string Reason)? Refusal(IQueryCollection query)
    {
        if (query["v"].FirstOrDefault() is { } version && version != "10")
            return (CloseCode.InvalidVersion, "Invalid API version.");
        if (query["encoding"].FirstOrDefault() is { } encoding && encoding != "json")
            return (CloseCode.DecodeError, "The sandbox speaks JSON only.");
        return query.ContainsKey("compress") ? (CloseCode.DecodeError, "The sandbox does not compress.") : null;
    }
}
