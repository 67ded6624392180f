using System.Net;
using Dapper;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Bot.Demo;
using Rally.Bot.Network;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>The whole host as Program composes it, with people on it who may do what requests ask for.</summary>
internal sealed class FuzzSite : IAsyncDisposable
{
    private const string Secret = "fuzz-secret-0123456789-0123456789-abcdef";
    private const string Password = "long-enough-password";

    private readonly Town _town;

    private FuzzSite(Town town, IReadOnlyList<Visitor> visitors)
    {
        (_town, Visitors) = (town, visitors);
        var endpoints = town.Inside<EndpointDataSource>().Endpoints;
        Skeletons = Skeleton.Of(endpoints);
        Endpoints = [.. endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
                .Select(method => $"{method} {"/" + endpoint.RoutePattern.RawText!.TrimStart('/')}")).Distinct()];
    }

    public IReadOnlyList<Visitor> Visitors { get; }

    public IReadOnlyList<Skeleton> Skeletons { get; }

    /// <summary>Method and route of all that the host has mapped.</summary>
    public IReadOnlyList<string> Endpoints { get; }

    public CapturedLogs Logs => _town.Logs;

    public EndPoint EndPoint => new IPEndPoint(IPAddress.Loopback, _town.Address.Port);

    public static async Task<FuzzSite> StartAsync(Engine engine, int visitors)
    {
        var town = await Town.BuildAsync(
            engine,
            parts: services => services.PostConfigure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1_000),
            settings:
            [
                .. new[] { "PerSecond", "Burst", "ClientPerSecond", "ClientBurst", "WritesPerSecond", "WriteBurst" }.Select(limit => ($"Ledger:RateLimit:{limit}", "1000000")),
                ("Auth:FailedSignInsBeforeLockout", "100"), ("Auth:AppsPerAccount", "1000"),
                // What the framework says of each request at lower levels costs more than the request.
                ("Logging:Console:LogLevel:Default", "None"), ("Logging:LogLevel:Default", "Information"), ("Logging:LogLevel:Microsoft.AspNetCore", "Warning"),
            ]);
        var registered = await town.Inside<RegisterApp>().ExecuteAsync(new(
            Visitor.ClientId, "Fuzz", "A tester", Secret, [new Uri(town.Address, "healthz").AbsoluteUri],
            ["openid", "profile", "balances:read", "links:read", "transfers:send", "trades:make", "coins:manage", "webhooks:manage", "tiers:report"],
            ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"]));
        Assert.IsType<RegisterApp.Registered>(registered);
        var offer = (await DemoPerson.AskForLinkAsync(town.Discord, town.Fan, default))!;
        var made = new List<Visitor>();
        var (other, victim) = (await AccountAsync(town, "other"), await AccountAsync(town, "victim"));
        for (var number = 0; number < visitors; number++)
        {
            var name = $"visitor{number}";
            var id = await AccountAsync(town, name);
            // Two of them: who replaces the signing keys all the time has no time for anything else.
            if (number < 2)
                await WriteAsync(town, "UPDATE auth_account SET is_operator = 1 WHERE id = @id", new { id });
            var hash = await town.Inside<Database>().ReadAsync(connection => connection.QuerySingleAsync<string>("SELECT password_hash FROM auth_account WHERE id = @id", new { id }));
            var visitor = new Visitor(town.Address, name, Password, Secret, new Dictionary<string, string>
            {
                ["me"] = $"{id}",
                ["other"] = $"{other}",
                ["victim"] = $"{victim}",
                ["offer"] = offer.Segments[^1],
                ["now"] = TimeProvider.System.GetUtcNow().ToString("O"),
                ["transfer"] = "0195f0a0-0000-7000-8000-000000000001",
                ["webhook-secret"] = town.Inside<WebhookSubscription>().Secret!,
            }, () => WriteAsync(town, "UPDATE auth_account SET password_hash = @hash, totp_key = NULL, failed_sign_ins = 0, locked_until = NULL, blocked_at = NULL WHERE id = @id", new { hash, id }));
            made.Add(visitor);
            await visitor.PrepareAsync();
        }

        return new(town, made);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var visitor in Visitors)
            visitor.Dispose();
        await _town.DisposeAsync();
    }

    private static async Task<Guid> AccountAsync(Town town, string name) =>
        Assert.IsType<CreateAccount.Created>(await town.Inside<CreateAccount>().ExecuteAsync(new(name, Password), default)).RallyId;

    private static Task WriteAsync(Town town, string sql, object values) =>
        town.Inside<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, values, transaction));
}
