using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Leaving;
using Rally.Auth.Server;
using Rally.Auth.Server.Devices;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>
/// What ends access comes from many sides at once: a person, their apps, an operator. PostgreSQL ends one of two transactions that
/// wait for each other with an error, so none may.
/// </summary>
public sealed class LockOrderTests
{
    private const int Rounds = 60;
    private const int Tokens = 3;

    [PostgresFact]
    public async Task Apps_that_give_tokens_back_and_people_who_withdraw_their_consent_wait_in_one_order()
    {
        await using var server = await AuthServer.StartAsync(Engine.Postgres);
        var bot = await BotAsync(server);
        var alice = await server.CreateAccountAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var tokens = await AllowAsync(server, alice);

            await Task.WhenAll([.. Returns(server, bot, tokens), Task.Run(() => server.Get<Consents>().RevokeAsync(alice, AuthServer.Bot.ClientId, default))]);

            Assert.Empty(await server.Get<Consents>().OfAsync(alice, default));
        }
    }

    [PostgresFact]
    public async Task An_account_that_is_locked_or_deleted_meanwhile_waits_in_the_same_order()
    {
        await using var server = await AuthServer.StartAsync(Engine.Postgres);
        var (accounts, bot) = (server.Get<AccountStore>(), await BotAsync(server));
        for (var round = 0; round < Rounds; round++)
        {
            var id = await server.CreateAccountAsync($"fan{round}");
            var account = (await accounts.FindByIdAsync($"{id}", default))!;
            var tokens = await AllowAsync(server, id);

            await Task.WhenAll([
                .. Returns(server, bot, tokens),
                Task.Run(() => server.Get<Consents>().RevokeAsync(id, AuthServer.Bot.ClientId, default)),
                Task.Run(() => server.Get<LockAccount>().LockAsync(id, by: account, default)),
                Task.Run(() => server.Get<DeleteAccount>().ExecuteAsync(account, default)),
            ]);

            Assert.Null(await accounts.FindByIdAsync($"{id}", default));
        }
    }

    [PostgresFact]
    public async Task Whoever_turns_a_token_or_code_into_tokens_goes_from_the_grant_down_as_deletion_does()
    {
        await using var server = await AuthServer.StartAsync(Engine.Postgres);
        var (accounts, bot) = (server.Get<AccountStore>(), await BotAsync(server));
        for (var round = 0; round < Rounds; round++)
        {
            var id = await server.CreateAccountAsync($"fan{round}");
            var tokens = await AllowAsync(server, id);
            var code = await AddCodeAsync(server, id);
            var device = await AddDeviceAsync(server, bot, id);
            var account = (await accounts.FindByIdAsync($"{id}", default))!;

            await Task.WhenAll([
                .. tokens.Select(token => Task.Run(() => server.Get<RotateRefreshToken>().ExecuteAsync(bot, token, isProven: true, [], key: null, default))),
                Task.Run(() => RedeemAsync(server, bot, code)),
                Task.Run(() => RedeemAsync(server, bot, device)),
                Task.Run(() => server.Get<DeleteAccount>().ExecuteAsync(account, default)),
            ]);

            Assert.Null(await accounts.FindByIdAsync($"{id}", default));
        }
    }

    [PostgresFact]
    public async Task Codes_that_come_twice_end_their_grants_in_the_order_of_deletion()
    {
        await using var server = await AuthServer.StartAsync(Engine.Postgres);
        var (accounts, bot) = (server.Get<AccountStore>(), await BotAsync(server));
        for (var round = 0; round < Rounds; round++)
        {
            var id = await server.CreateAccountAsync($"fan{round}");
            var codes = new List<(string Code, string Verifier)>();
            var devices = new List<string>();
            for (var i = 0; i < Tokens; i++)
            {
                codes.Add(await AddCodeAsync(server, id));
                devices.Add(await AddDeviceAsync(server, bot, id));
            }

            var account = (await accounts.FindByIdAsync($"{id}", default))!;

            await Task.WhenAll([
                .. codes.Concat(codes).Select(code => Task.Run(() => RedeemAsync(server, bot, code))),
                .. devices.Concat(devices).Select(device => Task.Run(() => RedeemAsync(server, bot, device))),
                Task.Run(() => server.Get<DeleteAccount>().ExecuteAsync(account, default)),
            ]);

            Assert.Null(await accounts.FindByIdAsync($"{id}", default));
        }
    }

    [PostgresFact]
    public async Task An_app_that_is_deleted_meanwhile_waits_in_the_same_order()
    {
        await using var server = await AuthServer.StartAsync(Engine.Postgres);
        var (accounts, bot) = (server.Get<AccountStore>(), await BotAsync(server));
        var fans = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => server.CreateAccountAsync($"fan{n}")));
        for (var round = 0; round < Rounds; round++)
        {
            var owner = (await accounts.FindByIdAsync($"{await server.CreateAccountAsync($"dev{round}")}", default))!;
            await server.RegisterAsync(AuthServer.Bot);
            await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "UPDATE auth_client SET account_id = @owner WHERE id = @ClientId", new { owner = owner.Id, AuthServer.Bot.ClientId }, transaction));
            var tokens = new List<string>();
            foreach (var person in fans.Append(owner.Id))
                tokens.AddRange(await AllowAsync(server, person));

            await Task.WhenAll([
                .. Returns(server, bot, tokens),
                Task.Run(() => server.Get<ChangeApp>().DeleteAsync(owner, bot.Id, default)),
                Task.Run(() => server.Get<DeleteAccount>().ExecuteAsync(owner, default)),
            ]);

            Assert.Null(await server.Get<ClientStore>().FindAsync(bot.Id, default));
        }
    }

    private static async Task<(string Code, string Verifier)> AddCodeAsync(AuthServer server, Guid account)
    {
        var app = new OAuthApp(server);
        var request = Assert.IsType<AuthorizationRequest.Valid>(await server.Get<AuthorizationRequestReader>().ReadAsync(
            Parameters.OfQuery(app.AuthorizeUrl().Split('?')[1]), default)).Request;
        return ((await server.Get<IssueCode>().ExecuteAsync(request, account, [], server.Clock.GetUtcNow(), default))!, app.Verifier);
    }

    private static Task<TokenOutcome> RedeemAsync(AuthServer server, Client bot, (string Code, string Verifier) issued) =>
        server.Get<RedeemCode>().ExecuteAsync(
            bot, Parameters.OfQuery($"code={issued.Code}&redirect_uri={AuthServer.Callback}&code_verifier={issued.Verifier}"), key: null, default);

    private static Task<TokenOutcome> RedeemAsync(AuthServer server, Client bot, string device) =>
        server.Get<RedeemDeviceCode>().ExecuteAsync(bot, Parameters.OfQuery($"device_code={device}"), key: null, default);

    private static async Task<string> AddDeviceAsync(AuthServer server, Client client, Guid account)
    {
        var devices = server.Get<DeviceRequests>();
        var (device, shown) = await devices.AddAsync(client, client.Scopes, default);
        Assert.True(await devices.AllowAsync((await devices.FindAsync(account, shown, default))!, account, server.Clock.GetUtcNow(), default));
        return device;
    }

    private static Task<string[]> AllowAsync(AuthServer server, Guid account) =>
        server.Store.WriteAsync(async transaction =>
        {
            var (bot, grants) = (AuthServer.Bot, server.Get<GrantStore>());
            await server.Get<Consents>().AddAsync(transaction, account, bot.ClientId, bot.Scopes, default);
            var tokens = new string[Tokens];
            for (var i = 0; i < tokens.Length; i++)
            {
                tokens[i] = OpaqueToken.New(server.Clock.GetUtcNow());
                var grant = await grants.AddAsync(transaction, bot.ClientId, account, bot.Scopes);
                Assert.True(await grants.HoldAsync(transaction, grant.Id, tokens[i]));
                await grants.IssueAsync(transaction, grant, "", tokens[i], key: null);
            }

            return tokens;
        });

    private static IEnumerable<Task> Returns(AuthServer server, Client bot, IEnumerable<string> tokens) => tokens.Select(token => Task.Run(async () =>
        Assert.Null(await server.Get<RevokeToken>().ExecuteAsync(bot, Parameters.OfQuery($"token={token}"), default))));

    private static async Task<Client> BotAsync(AuthServer server) => (await server.Get<ClientStore>().FindAsync(AuthServer.Bot.ClientId, default))!;
}
