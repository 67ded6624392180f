using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;
using Rally.Storage;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>A server with the developer dora, whose apps others use.</summary>
internal sealed class AppBench(AuthServer server, Browser dora) : IAsyncDisposable
{
    public const string Name = "Coin Club";

    public AuthServer Server => server;

    public Browser Dora => dora;

    public static async Task<AppBench> StartAsync(Engine engine = Engine.Sqlite, Action<AuthOptions>? configure = null)
    {
        var server = await AuthServer.StartAsync(engine, configure);
        await server.CreateAccountAsync("dora");
        await server.CreateAccountAsync();
        var dora = server.OpenBrowser();
        await dora.SignInAsync(await dora.OpenAsync("/sign-in"), "dora");
        return new(server, dora);
    }

    /// <summary>Dora registers an app as a person would.</summary>
    public async Task<(string ClientId, string? Secret)> RegisterAsync(params (string Name, string Value)[] typed)
    {
        var page = await dora.PressAsync(await dora.OpenAsync("/developer/register"), "Register",
        [
            ("name", Name), ("redirect_uris", AuthServer.Callback), ("scope_profile", "on"), ("scope_balances:read", "on"), .. typed,
        ]);
        Assert.Equal("Your app is registered", page.Title);
        return Shown(page);
    }

    /// <summary>Client id and secret, where they are shown.</summary>
    public static (string ClientId, string? Secret) Shown(Browser.Page page)
    {
        var codes = page.Document.QuerySelectorAll("main dd code").Select(code => code.TextContent).ToList();
        return (codes[0], codes.ElementAtOrDefault(1));
    }

    public Task<Browser.Page> OpenAppAsync(string clientId) => dora.OpenAsync($"/developer/app?client_id={clientId}");

    public async Task<Client?> FindAsync(string clientId) => await server.Get<ClientStore>().FindAsync(clientId, default);

    /// <summary>What an operator's press of a button does.</summary>
    public async Task DecideAsync(string clientId, string state)
    {
        var somebody = (await server.Get<AccountStore>().FindByNameAsync("alice", default))!;
        Assert.Null(await server.Get<DecideApp>().ExecuteAsync(
            clientId, state, "It sells coins that are not there.", DecideApp.Mark((await FindAsync(clientId))!), somebody, default));
    }

    public async ValueTask DisposeAsync()
    {
        dora.Dispose();
        await server.DisposeAsync();
    }
}
