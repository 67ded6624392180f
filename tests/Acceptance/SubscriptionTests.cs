using Dapper;
using Rally.Auth.Apps;
using Rally.Bot.Demo;
using Rally.Bot.Linking;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Subscriptions;

namespace Rally.Acceptance.Tests;

public sealed class SubscriptionTests
{
    private const string App = "listener";

    [Theory, EachEngine]
    public async Task Webhooks_know_of_each_app_whether_it_may_use_the_network_and_whether_it_is_still_there(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine);
        await town.LinkAsync(town.Fan, "fan");
        var owner = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        Assert.Equal(SubscriberState.Gone, await StateAsync(town, App));
        Assert.IsType<RegisterApp.Registered>(await town.Inside<RegisterApp>().ExecuteAsync(new(
            App, "Listener", "Somebody", "a-secret-that-is-long-enough-for-anybody-0123456789", [], ["webhooks:manage"], ["client_credentials"])));
        Assert.Equal(SubscriberState.Active, await StateAsync(town, App));
        await ChangeAsync(town, "UPDATE auth_client SET state = 'suspended', account_id = @owner WHERE id = @App", owner);
        Assert.Equal(SubscriberState.Suspended, await StateAsync(town, App));

        // With its owner's account goes the app; the bot's own stays.
        using var browser = new DemoBrowser();
        var person = new Dictionary<string, string> { ["username"] = "fan", ["password"] = "demo-password-fan" };
        await browser.OpenAsync(new Uri(town.Address, "sign-in?returnUrl=/account/delete"), CancellationToken.None);
        await browser.PressAsync("Sign in", person, CancellationToken.None);
        await browser.PressAsync("Delete my account", person, CancellationToken.None);
        Assert.Equal(SubscriberState.Gone, await StateAsync(town, App));
        Assert.Equal(SubscriberState.Active, await StateAsync(town, "rally-bot"));
    }

    private static async Task<SubscriberState> StateAsync(Town town, string client) =>
        (await town.Inside<ISubscribers>().FindAsync([client, "nobody's"], CancellationToken.None))[client];

    private static Task<int> ChangeAsync(Town town, string sql, Guid owner) =>
        town.Inside<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, new { owner, App }, transaction));
}
