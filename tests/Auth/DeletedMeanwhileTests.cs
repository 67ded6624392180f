using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Auth.Accounts;
using Rally.Auth.Leaving;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Accounts that go while somebody is in the middle of something with them.</summary>
public sealed class DeletedMeanwhileTests
{
    [Theory, EachEngine]
    public async Task Whoever_signs_in_while_the_account_goes_is_told_so(Engine engine)
    {
        var meanwhile = new Meanwhile();
        await using var server = await AuthServer.StartAsync(engine, services: services =>
            services.AddSingleton<IPasswordHasher<Account>>(provider => new DeletingHasher(provider, meanwhile)));
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var page = await browser.OpenAsync("/sign-in");

        meanwhile.IsNow = true;
        var answer = await browser.SignInAsync(page);

        Assert.Equal((HttpStatusCode.Conflict, "This is gone"), (answer.Status, answer.Title));
        Assert.Equal("Sign in", (await browser.OpenAsync("/account")).Title);
        Assert.DoesNotContain(server.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Theory, EachEngine]
    public async Task However_a_sign_in_and_the_accounts_end_fall_together_none_is_a_fault(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        for (var round = 0; round < 15; round++)
        {
            var name = $"leaver{round}";
            await server.CreateAccountAsync(name);
            var account = (await server.Get<AccountStore>().FindByNameAsync(name, default))!;
            using var browser = server.OpenBrowser();
            var page = await browser.OpenAsync("/sign-in");
            var signIn = browser.SignInAsync(page, name);
            var deletion = Task.Run(() => server.Get<DeleteAccount>().ExecuteAsync(account, default));
            Assert.True(await deletion);
            // In time and led on to a page that wants a session again, refused as nobody's name, or in between.
            Assert.True((await signIn).Status is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.Conflict, $"{(await signIn).Status}");
        }

        Assert.DoesNotContain(server.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    private sealed class Meanwhile
    {
        public bool IsNow { get; set; }
    }

    /// <summary>Hashes as ever; but when it is time, the account is gone once its password was found right.</summary>
    private sealed class DeletingHasher(IServiceProvider services, Meanwhile meanwhile) : IPasswordHasher<Account>
    {
        private readonly PasswordHasher<Account> _hasher = new(services.GetRequiredService<Microsoft.Extensions.Options.IOptions<PasswordHasherOptions>>());

        public string HashPassword(Account user, string password) => _hasher.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
        {
            var verdict = _hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
            if (meanwhile.IsNow)
                Assert.True(services.GetRequiredService<DeleteAccount>().ExecuteAsync(user, default).GetAwaiter().GetResult());
            return verdict;
        }
    }
}
