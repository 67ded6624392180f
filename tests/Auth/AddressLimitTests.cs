using System.Net;
using Rally.Auth.Accounts;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class AddressLimitTests
{
    [Fact]
    public async Task One_address_has_so_many_tries_over_all_accounts_and_forms_and_others_are_not_held_up()
    {
        await using var server = await AuthServer.StartAsync(configure: options => (options.RateLimit.Burst, options.RateLimit.PerMinute) = (3, 1));
        await server.CreateAccountAsync();
        using var guesser = server.OpenBrowser("203.0.113.9");
        var page = await guesser.OpenAsync("/sign-in");
        foreach (var name in new[] { "alice", "bob" })
            Assert.Equal(HttpStatusCode.BadRequest, (await guesser.SignInAsync(page, name, "a guess, nothing more")).Status);
        var signUp = await guesser.OpenAsync("/sign-up");
        Assert.Equal(HttpStatusCode.BadRequest, (await guesser.PressAsync(signUp, "Sign up", ("username", "x"), ("password", "y"))).Status);

        var refused = await guesser.SignInAsync(page);
        Assert.Equal((HttpStatusCode.TooManyRequests, "Too many tries"), (refused.Status, refused.Title));
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await guesser.PressAsync(signUp, "Sign up", ("username", "carol"), ("password", AuthServer.Password))).Status);
        // Looking costs nothing.
        Assert.Equal(HttpStatusCode.OK, (await guesser.OpenAsync("/sign-in")).Status);

        using var neighbour = server.OpenBrowser("203.0.113.10");
        Assert.Equal("Your account", (await neighbour.SignInAsync(await neighbour.OpenAsync("/sign-in"))).Title);
        using var here = server.OpenBrowser();
        for (var tries = 0; tries < 5; tries++)
            Assert.Equal("Your account", (await here.SignInAsync(await here.OpenAsync("/sign-in"))).Title);
    }

    [Fact]
    public async Task A_share_grows_back()
    {
        await using var server = await AuthServer.StartAsync(configure: options => (options.RateLimit.Burst, options.RateLimit.PerMinute) = (1, 600));
        using var browser = server.OpenBrowser("203.0.113.9");
        var page = await browser.OpenAsync("/sign-in");
        await browser.SignInAsync(page);
        await Testing.Eventually.TrueAsync(async () => (await browser.SignInAsync(page)).Status == HttpStatusCode.BadRequest, "another try");
    }

    [Theory]
    [InlineData("/oauth2/par")]
    [InlineData("/oauth2/device_authorization")]
    public async Task Strangers_and_apps_without_a_secret_share_it_too_and_are_told_as_programs_are(string path)
    {
        await using var server = await AuthServer.StartAsync(configure: options => (options.RateLimit.Burst, options.RateLimit.PerMinute) = (2, 1));
        async Task<HttpResponseMessage> AskAsync(string secret)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent([new("client_id", "bot"), new("client_secret", secret), new("scope", "profile")]),
            };
            request.Headers.Add(Browser.AddressHeader, "203.0.113.9");
            return await server.Http.SendAsync(request);
        }

        for (var tries = 0; tries < 2; tries++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync("not the secret")).StatusCode);
        var refused = await AskAsync("not the secret");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("temporarily_unavailable", (await OAuthApp.ReadAsync(refused)).GetProperty("error").GetString());
        // An app with its secret speaks for many people from one address.
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await AskAsync(AuthServer.BotSecret)).StatusCode);
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9", true)]
    [InlineData("203.0.113.9", "::ffff:203.0.113.9", true)]
    [InlineData("203.0.113.9", "203.0.113.10", false)]
    [InlineData("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void A_network_of_64_bits_is_one_caller(string one, string other, bool same) =>
        Assert.Equal(same, CallerAddress.Network(IPAddress.Parse(one)) == CallerAddress.Network(IPAddress.Parse(other)));
}
