using System.Data.Common;
using System.Net;
using System.Text;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.Leaving;
using Rally.Auth.Links;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class LeavingTests
{
    private const string Name = "alice";
    private const string Email = "alice@mail.example";
    private const string DiscordId = "112233445566778899";

    [Theory, EachEngine]
    public async Task Of_a_deleted_account_nothing_of_the_persons_is_left(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var id = await GiveDataAsync(server);
        await server.CreateAccountAsync("bob");
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        Assert.NotEmpty(await FindAsync(server, engine, id));
        Assert.True(await app.WorksAsync(tokens.AccessToken));

        var page = await browser.OpenAsync("/account/delete");
        Assert.Contains("That is not the user name", (await DeleteAsync(browser, page, "bob", AuthServer.Password)).Text, StringComparison.Ordinal);
        Assert.Contains("The password is not right", (await DeleteAsync(browser, page, Name, "wrong")).Text, StringComparison.Ordinal);
        Assert.Equal("Your account is deleted", (await DeleteAsync(browser, page, " Alice ", AuthServer.Password)).Title);

        Assert.Empty(await FindAsync(server, engine, id));
        Assert.False(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.RefreshToken)).Error);
        Assert.Equal("Sign in", (await browser.OpenAsync("/account")).Title);
        Assert.Null(await server.Get<SignIn>().ExecuteAsync(Name, AuthServer.Password, default));
        Assert.NotNull(await server.Get<SignIn>().ExecuteAsync("bob", AuthServer.Password, default));
    }

    [Theory, EachEngine]
    public async Task Nobody_gets_the_name_for_thirty_days(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var account = (await server.Get<AccountStore>().FindByNameAsync(Name, default))!;
        Assert.True(await server.Get<DeleteAccount>().ExecuteAsync(account, default));
        var again = new CreateAccount.Request("Alice", AuthServer.Password);
        server.Clock.Jump(TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1));
        Assert.Equal(["That user name is taken."], Assert.IsType<CreateAccount.Invalid>(await server.Get<CreateAccount>().ExecuteAsync(again)).Reasons);
        server.Clock.Jump(TimeSpan.FromSeconds(1));
        Assert.NotEqual(account.Id, Assert.IsType<CreateAccount.Created>(await server.Get<CreateAccount>().ExecuteAsync(again)).RallyId);
        server.Clock.Jump(TimeSpan.FromDays(2));
        await server.Get<PruneExpired>().RunOnceAsync(default);
        Assert.Equal(0, await server.Store.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM auth_reserved_name")));
    }

    [Theory, EachEngine]
    public async Task The_last_operator_stays(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.CreateAccountAsync("olga");
        await server.MakeOperatorAsync(Name);
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        var page = await DeleteAsync(browser, await browser.OpenAsync("/account/delete"), Name, AuthServer.Password);
        Assert.Contains("You are the only operator", page.Text, StringComparison.Ordinal);

        await server.MakeOperatorAsync("olga");
        var operators = new List<Account>();
        foreach (var name in new[] { Name, "olga" })
            operators.Add((await server.Get<AccountStore>().FindByNameAsync(name, default))!);
        var gone = await Task.WhenAll(operators.Select(each => Task.Run(() => server.Get<DeleteAccount>().ExecuteAsync(each, default))));
        Assert.Single(gone, isGone => isGone);
    }

    [Theory, EachEngine]
    public async Task People_take_along_what_is_kept_of_them_without_secrets(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await RefreshTests.SignedInAppAsync(server);
        var id = await GiveDataAsync(server);
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        var response = (await browser.OpenAsync("/account/export")).Response;
        Assert.Equal($"rally-{id}.json", response.Content.Headers.ContentDisposition!.FileName);
        var export = await OAuthApp.ReadAsync(response);
        var account = export.GetProperty("account")[0];
        Assert.Equal((Name, Email, id), (account.GetProperty("userName").GetString(), account.GetProperty("email").GetString(), account.GetProperty("rallyId").GetGuid()));
        Assert.True(account.GetProperty("hasAuthenticatorApp").GetBoolean() is false && account.GetProperty("isOperator").GetBoolean() is false);
        Assert.Equal(DiscordId, export.GetProperty("links")[0].GetProperty("subject").GetString());
        Assert.Equal("bot", export.GetProperty("apps")[0].GetProperty("clientId").GetString());
        Assert.Equal("bot", export.GetProperty("grants")[0].GetProperty("clientId").GetString());
        Assert.True(export.GetProperty("sessions").GetArrayLength() > 0);
        Assert.EndsWith($"/api/accounts/{id}/transfers", export.GetProperty("ledger").GetProperty("transfers").GetString(), StringComparison.Ordinal);
        Assert.Contains("data of its own", export.GetProperty("keptByApps").GetString(), StringComparison.Ordinal);
        var hash = (await server.Get<AccountStore>().FindAsync(id, default))!.PasswordHash;
        Assert.DoesNotContain(hash, export.ToString(), StringComparison.Ordinal);

        server.Clock.Advance(RecentProof.Lifetime + TimeSpan.FromSeconds(1));
        Assert.Equal("Is it still you?", (await browser.OpenAsync("/account/export")).Title);
    }

    [Theory, EachEngine]
    public async Task The_last_letter_says_so_and_is_forgotten_with_its_address_whether_it_went_or_not(Engine engine)
    {
        await using (var smtp = new SmtpServer())
        await using (var server = await MailTests.StartAsync(smtp, engine))
        {
            await DeleteWithAddressAsync(server);
            var mail = await smtp.MailAsync(1);
            Assert.Equal(Email, mail.To);
            Assert.Contains("Your Rally account alice was deleted", mail.Text, StringComparison.Ordinal);
            await Eventually.TrueAsync(async () => await CountMailAsync(server) == 0, "the letter is forgotten");
        }

        // Nobody listens there, so it waits, and goes with nobody's account.
        await using var nowhere = await AuthServer.StartAsync(engine, options =>
        {
            (options.PublicUrl, options.Mail.Host, options.Mail.Port, options.Mail.From) = (new("https://rally.example"), "127.0.0.1", 9, "rally@rally.example");
        });
        var id = await DeleteWithAddressAsync(nowhere);
        Assert.Equal(1, await CountMailAsync(nowhere));
        Assert.Empty(await FindAsync(nowhere, engine, id));
        nowhere.Clock.Jump(TimeSpan.FromDays(3) + TimeSpan.FromSeconds(1));
        await nowhere.Get<PruneExpired>().RunOnceAsync(default);
        Assert.Equal(0, await CountMailAsync(nowhere));
    }

    /// <summary>Whoever adds a table about accounts has to add it to the export, or say here why not, and let it go with the account.</summary>
    [Theory, EachEngine]
    public async Task Each_table_about_accounts_is_in_the_export_and_goes_with_the_account(Engine engine)
    {
        // Hashes and counters that tell a person nothing.
        string[] leftOut = ["auth_device_guess", "auth_wallet_nonce"];
        await using var server = await AuthServer.StartAsync(engine);
        var referring = engine == Engine.Sqlite
            ? "SELECT m.name AS \"table\", f.on_delete AS rule FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f.\"table\" = 'auth_account'"
            : """
              SELECT c.conrelid::regclass::text AS "table", CASE c.confdeltype WHEN 'c' THEN 'CASCADE' ELSE 'other' END AS rule
              FROM pg_constraint c WHERE c.contype = 'f' AND c.confrelid = 'auth_account'::regclass
              """;
        var found = (await server.Store.ReadAsync(connection => connection.QueryAsync<(string Table, string Rule)>(referring))).ToList();
        Assert.True(found.Count > 8);
        Assert.All(found, each => Assert.Equal("CASCADE", each.Rule));
        var queries = string.Join('\n', ExportAccount.Parts.Select(part => part.Query)) + '\n';
        Assert.All(found.Select(each => each.Table).Except(leftOut), table => Assert.Matches($@"FROM {table}\s", queries));
    }

    private static async Task<Guid> DeleteWithAddressAsync(AuthServer server)
    {
        var id = await server.CreateAccountAsync();
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET email = @Email WHERE id = @id", new { Email, id }, transaction));
        Assert.True(await server.Get<DeleteAccount>().ExecuteAsync((await server.Get<AccountStore>().FindAsync(id, default))!, default));
        return id;
    }

    private static Task<long> CountMailAsync(AuthServer server) =>
        server.Store.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM auth_mail"));

    private static Task<Browser.Page> DeleteAsync(Browser browser, Browser.Page page, string name, string password) =>
        browser.PressAsync(page, "Delete my account for good", ("username", name), ("password", password));

    private static async Task<Guid> GiveDataAsync(AuthServer server)
    {
        var account = (await server.Get<AccountStore>().FindByNameAsync(Name, default))!;
        await server.Get<MakeLink>().ExecuteAsync(account.Id, new ProvenIdentity(LinkProvider.Discord, DiscordId, "alice#1", LinkFlow.OAuth), default);
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE auth_account SET email = @Email WHERE id = @Id;
            INSERT INTO auth_passkey (credential_id, account_id, name, public_key, sign_count, transports, is_backup_eligible, is_backed_up, created_at)
            VALUES (@key, @Id, 'alice-phone', @key, 0, '', 0, 0, 0);
            INSERT INTO auth_link_token (hash, purpose, account_id, email, created_at, expires_at) VALUES (@key, 'confirm-email', @Id, @Email, 0, 9999999999999);
            """, new { Email, account.Id, key = new byte[] { 1, 2, 3 } }, transaction));
        return account.Id;
    }

    /// <summary>Where the name, address, identity elsewhere or Rally id still stands, in any text or bytes of the module.</summary>
    private static async Task<List<string>> FindAsync(AuthServer server, Engine engine, Guid id)
    {
        var columns = await server.Store.ReadAsync(connection => connection.QueryAsync<(string Table, string Column)>(engine == Engine.Sqlite
            ? "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name LIKE 'auth\\_%' ESCAPE '\\'"
            : "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = current_schema() AND table_name LIKE 'auth\\_%'"));
        byte[][] traces = [Encoding.UTF8.GetBytes(Name), Encoding.UTF8.GetBytes(Email), Encoding.UTF8.GetBytes(DiscordId), Encoding.UTF8.GetBytes(id.ToString()), id.ToByteArray(bigEndian: true)];
        var found = new List<string>();
        foreach (var (table, column) in columns)
        {
            var values = await server.Store.ReadAsync(connection => connection.QueryAsync<object>($"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"));
            foreach (var value in values)
            {
                var bytes = value as byte[] ?? Encoding.UTF8.GetBytes($"{value}");
                if (traces.Any(trace => bytes.AsSpan().IndexOf(trace) >= 0))
                    found.Add($"{table}.{column}");
            }
        }

        return found;
    }
}
