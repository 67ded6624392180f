using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Leaving;
using Rally.Auth.Server;
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
        var alice = await server.CreateAccountAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var tokens = await AllowAsync(server, alice);

            await Task.WhenAll([.. Returns(server, tokens), Task.Run(() => server.Get<Consents>().RevokeAsync(alice, AuthServer.Bot.ClientId, default))]);

            Assert.Empty(await server.Get<Consents>().OfAsync(alice, default));
        }
    }

    [PostgresFact]
    public async Task An_account_that_is_locked_or_deleted_meanwhile_waits_in_the_same_order()
    {
        await using var server = await AuthServer.StartAsync(Engine.Postgres);
        var accounts = server.Get<AccountStore>();
        for (var round = 0; round < Rounds; round++)
        {
            var id = await server.CreateAccountAsync($"fan{round}");
            var account = (await accounts.FindByIdAsync($"{id}", default))!;
            var tokens = await AllowAsync(server, id);

            await Task.WhenAll([
                .. Returns(server, tokens),
                Task.Run(() => server.Get<Consents>().RevokeAsync(id, AuthServer.Bot.ClientId, default)),
                Task.Run(() => server.Get<LockAccount>().LockAsync(id, by: account, default)),
                Task.Run(() => server.Get<DeleteAccount>().ExecuteAsync(account, default)),
            ]);

            Assert.Null(await accounts.FindByIdAsync($"{id}", default));
        }
    }

    private static Task<string[]> AllowAsync(AuthServer server, Guid account) =>
        server.Store.WriteAsync(async transaction =>
        {
            var (bot, grants) = (AuthServer.Bot, server.Get<GrantStore>());
            await server.Get<Consents>().AddAsync(transaction, account, bot.ClientId, bot.Scopes, default);
            var tokens = new string[Tokens];
            for (var i = 0; i < tokens.Length; i++)
            {
                tokens[i] = OpaqueToken.New();
                await grants.IssueAsync(transaction, await grants.AddAsync(transaction, bot.ClientId, account, bot.Scopes), "", tokens[i]);
            }

            return tokens;
        });

    private static IEnumerable<Task> Returns(AuthServer server, IEnumerable<string> tokens) => tokens.Select(token => Task.Run(async () =>
    {
        var bot = (await server.Get<ClientStore>().FindAsync(AuthServer.Bot.ClientId, default))!;
        Assert.Null(await server.Get<RevokeToken>().ExecuteAsync(bot, Parameters.OfQuery($"token={token}"), default));
    }));
}
