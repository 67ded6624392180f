using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Faults;
using Rally.Sandbox.DiscordServer.Gateway;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.Rest;

namespace Rally.Sandbox.Pages;

/// <summary>
/// Faults on demand, under /sandbox/api:
/// <code>
/// GET    faults           {rest: [..], heartbeatsUnanswered, sessions, traffic: {requests, rateLimited, invalid}}
/// POST   faults/rest      {pathPrefix, method?, status?, times?, retryAfterSeconds?, delayMs?}; see RestFault
/// POST   faults/gateway   {action}: drop (no close frame) | close (with closeCode) | reconnect (op 7) |
///                         invalidate (op 9; resumable: true keeps the session) | requestHeartbeat (op 1) |
///                         ignoreHeartbeats | answerHeartbeats                              -> {connections} it reached
/// DELETE faults           ends all of them
/// </code>
/// </summary>
internal sealed class FaultApi(FaultPlan faults, GatewayHub hub, RestTraffic traffic)
{
    public void Map(PageRoutes routes)
    {
        routes.Map("GET", "/faults", _ => State());
        routes.Map("POST", "/faults/rest", AddRest);
        routes.Map("POST", "/faults/gateway", ActOnGateway);
        routes.Map("DELETE", "/faults", _ =>
        {
            faults.Clear();
            return State();
        });
    }

    private JsonNode AddRest(PageCall call)
    {
        var fault = call.Read<RestFault>();
        if (fault.Problem() is { } problem)
            throw new InputProblem(problem);
        faults.Add(fault);
        return State();
    }

    private JsonNode ActOnGateway(PageCall call)
    {
        var action = call.Text("action");
        var act = Action(call, action);
        var connections = hub.Connections.ToArray();
        foreach (var connection in connections)
            act(connection);
        return new JsonObject { ["connections"] = connections.Length };
    }

    private Action<GatewayConnection> Action(PageCall call, string action)
    {
        switch (action)
        {
            case "drop":
                return connection => connection.Drop();
            case "close":
                var code = call.Number("closeCode", (int)CloseCode.UnknownError, 1_000, 4_999);
                return connection => connection.Close(code, "Closed on demand.");
            case "reconnect":
                return connection => connection.Send(Opcode.Reconnect, null);
            case "invalidate":
                var isResumable = call.Flag("resumable");
                return connection => connection.Invalidate(isResumable);
            case "requestHeartbeat":
                return connection => connection.Send(Opcode.Heartbeat, null);
            case "ignoreHeartbeats" or "answerHeartbeats":
                faults.HeartbeatsUnanswered = action == "ignoreHeartbeats";
                return _ => { };
            default:
                throw new InputProblem($"There is no action {action}.", "action");
        }
    }

    private JsonObject State() => new()
    {
        ["rest"] = new JsonArray([.. faults.Rest.Select(fault => (JsonNode)new JsonObject
        {
            ["pathPrefix"] = fault.PathPrefix,
            ["method"] = fault.Method,
            ["status"] = fault.Status,
            ["times"] = fault.Times,
            ["retryAfterSeconds"] = fault.RetryAfterSeconds,
            ["delayMs"] = fault.DelayMs,
        })]),
        ["heartbeatsUnanswered"] = faults.HeartbeatsUnanswered,
        ["sessions"] = hub.Sessions.Count,
        ["traffic"] = new JsonObject
        {
            ["requests"] = traffic.Requests,
            ["rateLimited"] = traffic.RateLimited,
            ["invalid"] = traffic.Invalid,
        },
    };
}
