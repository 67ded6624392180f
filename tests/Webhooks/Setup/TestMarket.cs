using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>People who trade and send, through the network's own API.</summary>
internal static class TestMarket
{
    /// <summary>Launches a coin on Rally's linear curve: two entries of the log, both genesis.</summary>
    /// <returns>Its creator.</returns>
    public static async Task<Guid> LaunchOnCurveAsync(this TestNetwork network, string symbol)
    {
        var creator = Guid.NewGuid();
        Xunit.Assert.IsType<LaunchCoin.Result.Launched>(await network.Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
            new(symbol, symbol, creator) { Curve = "linear" }, CancellationToken.None));
        return creator;
    }

    /// <summary>Somebody with so much RLY: one entry of the log.</summary>
    public static async Task<Guid> FundAsync(this TestNetwork network, long rly)
    {
        var holder = Guid.NewGuid();
        Xunit.Assert.IsType<IssueRly.Result.Issued>(
            await network.Services.GetRequiredService<IssueRly>().ExecuteAsync(holder, Amount.Coins(rly), "", CancellationToken.None));
        return holder;
    }

    /// <summary>Makes a trade and returns what the API says of it.</summary>
    public static Task<JsonObject> TradeAsync(this TestNetwork network, Guid account, string side, string coin, string coins, string? to = null)
    {
        var trade = new JsonObject { ["id"] = NewId(), ["account"] = account, ["side"] = side, ["coin"] = coin, ["coins"] = coins };
        if (to is not null)
            trade["to"] = to;
        return network.CallAsync("/api/trades", trade);
    }

    /// <summary>Sends coins; members are those of the API's body.</summary>
    public static Task<JsonObject> SendAsync(
        this TestNetwork network, Guid from, Guid to, string coin, string amount, params ReadOnlySpan<(string Name, JsonNode Value)> members)
    {
        var transfer = new JsonObject { ["id"] = NewId(), ["from"] = from, ["to"] = to, ["coin"] = coin, ["amount"] = amount };
        foreach (var (name, value) in members)
            transfer[name] = value;
        return network.CallAsync("/api/transfers", transfer);
    }

    public static async Task<JsonObject> CallAsync(this TestNetwork network, string path, JsonObject body)
    {
        using var client = network.Client();
        using var response = await client.PostAsJsonAsync(path, body);
        var answer = await response.Content.ReadAsStringAsync();
        Xunit.Assert.True(response.IsSuccessStatusCode, answer);
        return JsonNode.Parse(answer)!.AsObject();
    }

    private static Guid NewId() => Guid.CreateVersion7(DateTimeOffset.UnixEpoch);

    /// <summary>Whose account it is, is Auth's to know; here everybody may.</summary>
    internal sealed class EverybodyMay : AuthorizationHandler<OperationAuthorizationRequirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OperationAuthorizationRequirement requirement)
        {
            context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
