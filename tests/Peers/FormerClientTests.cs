using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

public sealed class FormerClientTests
{
    private const string Password = "correct horse battery";
    private const string Secret = "former-secret-0123456789-0123456789";
    private const string Callback = "http://127.0.0.1:9/callback";

    [Theory, EachEngine]
    public async Task A_bot_of_the_former_Rally_runs_with_only_the_base_address_changed(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var folder = new TemporaryFolder();
        var clock = new FakeClock(TimeProvider.System.GetUtcNow());
        await using var app = RallyHost.Build(
            new Dictionary<string, string?> { ["Data"] = folder.Path, ["Store"] = store.Setting, ["Listen"] = "http://127.0.0.1:0" },
            services => services.AddSingleton<TimeProvider>(clock));
        app.MapPost("/test-clock/{minutes:int}", (int minutes) =>
        {
            clock.Jump(TimeSpan.FromMinutes(minutes));
            return Results.Ok();
        });
        await RallyHost.StartAsync(app, CancellationToken.None);
        var address = (await app.Services.GetRequiredService<Installation>().GetAsync()).NetworkUrl.ToString().TrimEnd('/');
        var create = app.Services.GetRequiredService<CreateAccount>();
        var alice = Assert.IsType<CreateAccount.Created>(await create.ExecuteAsync(new("alice", Password))).RallyId;
        var stranger = Assert.IsType<CreateAccount.Created>(await create.ExecuteAsync(new("bob", Password))).RallyId;
        await app.Services.GetRequiredService<LaunchCoin>().ExecuteAsync(LaunchCoin.Request.Fixed("FIX", "Fixed", alice, Amount.Coins(100)), default);
        Assert.IsType<RegisterApp.Registered>(await app.Services.GetRequiredService<RegisterApp>().ExecuteAsync(new(
            "old-bot", "Old Bot", "The tests", Secret, [Callback], ["profile", "balances:read"], ["authorization_code", "client_credentials"])));

        var printed = await NodePeer.RunAsync("former-client.mjs", JsonSerializer.Serialize(new
        {
            @base = address + "/v1",
            clock = address + "/test-clock",
            username = "old-bot",
            password = Secret,
            callback = Callback,
            fanPassword = Password,
            stranger,
        }));

        Assert.Equal(6, NodePeer.Passed(printed));
        await app.StopAsync();
    }
}
