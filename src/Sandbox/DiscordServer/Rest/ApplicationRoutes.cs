using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Gateway;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;
using Rally.Sandbox.OAuth;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>The application, users, and where the gateway is.</summary>
internal sealed class ApplicationRoutes(
    World world, GatewayHub hub, HttpDelivery delivery, AuthorizationDesk desk, string publicKey, bool hasMembersIntent, Func<Uri> gateway)
{
    public void Map(RestRoutes routes)
    {
        routes.MapAnonymous("GET", "/gateway", _ => RestReply.Ok(new JsonObject { ["url"] = gateway().ToString() }));
        routes.Map("GET", "/gateway/bot", GatewayBot);
        routes.MapAnonymous("GET", "/users/@me", OwnUser);
        routes.Map("GET", "/users/@me/guilds", _ => RestReply.Ok(world.Read(OwnGuilds)));
        routes.Map("GET", "/users/{user}", call => RestReply.Ok(world.Read(data =>
            data.Users.GetValueOrDefault(call.Id("user"))?.ToJson() ?? throw RestRefusal.UnknownUser())));
        routes.Map("GET", "/applications/@me", _ => RestReply.Ok(Application()));
        routes.Map("GET", "/oauth2/applications/@me", _ => RestReply.Ok(Application()));
        routes.Map("PATCH", "/applications/@me", Edit);
    }

    /// <summary>The bot with its token, a person with one they gave an app by signing in.</summary>
    private RestReply OwnUser(RestCall call)
    {
        var id = call.HasBotToken(world)
            ? world.Read(data => data.ApplicationId)
            : desk.FindUser(call.Bearer) ?? throw RestRefusal.Unauthorized();
        return RestReply.Ok(world.Read(data => data.Users[id].ToOwnJson()));
    }

    private JsonObject Application() => world.Read(data => data.ApplicationJson(publicKey, hasMembersIntent));

    private RestReply GatewayBot(RestCall call)
    {
        var (remaining, resetAfter) = hub.IdentifyBudget();
        return RestReply.Ok(new JsonObject
        {
            ["url"] = gateway().ToString(),
            ["shards"] = 1,
            ["session_start_limit"] = new JsonObject
            {
                ["total"] = hub.IdentifiesPerDay,
                ["remaining"] = remaining,
                ["reset_after"] = (long)resetAfter.TotalMilliseconds,
                ["max_concurrency"] = 1,
            },
        });
    }

    private async Task<RestReply> Edit(RestCall call)
    {
        const string field = "interactions_endpoint_url";
        var form = call.Form();
        var url = form.Text(field, 0, 512);
        form.Errors.ThrowIfAny();
        if (!form.Has(field))
            return RestReply.Ok(Application());

        if (string.IsNullOrEmpty(url))
            url = null;
        else if (!Uri.TryCreate(url, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw FormErrors.Single(field, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        else if (!await delivery.IsSoundAsync(endpoint, world.Read(data => data.ApplicationId), call.Aborted))
            throw FormErrors.Single(field, "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID", "The specified interactions endpoint url could not be verified.");

        world.Change(data =>
        {
            data.InteractionsEndpoint = url;
        });
        return RestReply.Ok(Application());
    }

    private static JsonArray OwnGuilds(WorldData data) => [new JsonObject
    {
        ["id"] = Wire.Id(data.GuildId),
        ["name"] = data.GuildName,
        ["icon"] = null,
        ["banner"] = null,
        ["owner"] = false,
        ["permissions"] = Wire.Permissions(Standing.PermissionsOf(data, data.ApplicationId)),
        ["features"] = new JsonArray(),
    }];
}
