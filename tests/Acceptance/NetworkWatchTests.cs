using Rally.Bot.Network;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>A bot whose network stops sending notices, reads what it missed, and mends its subscription.</summary>
public sealed class NetworkWatchTests
{
    // It was heard just after a look, so the next one passes; then come the requests' repeats.
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(2 * 60 + 15);

    [Theory, EachEngine]
    public async Task A_network_that_stops_is_told_of_in_time_and_what_happens_after_it_is_back_is_heard(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine);
        await sites.LaunchAsync();
        await sites.MarkedAsync();

        await sites.StopNetworkAsync();
        var began = sites.Clock.GetUtcNow();
        await sites.PassAsync(() => sites.Status.NetworkFault is not null, "the bot says that it hears nothing");
        Assert.True(sites.Clock.GetUtcNow() - began <= Noticed, $"{sites.Clock.GetUtcNow() - began}");
        Assert.Equal("The Rally network cannot be reached.", sites.Status.NetworkFault);
        // Told, and not held against health: nothing that restarts the bot would mend it.
        Assert.Contains("\"networkFault\":\"The Rally network cannot be reached.\"", await sites.HealthAsync(), StringComparison.Ordinal);
        Assert.Contains("Nothing is heard of the network since", sites.Log.All, StringComparison.Ordinal);

        await sites.StartNetworkAsync();
        await sites.LaunchAsync();
        await sites.MarkedAsync();
        await sites.PassAsync(() => sites.Status.NetworkFault is null, "the bot hears the network");
        Assert.Contains("The network is heard again", sites.Log.All, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_network_that_cannot_deliver_is_read_instead(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine, reachable: false);
        for (var i = 0; i < 3; i++)
        {
            await sites.LaunchAsync();
            var began = sites.Clock.GetUtcNow();
            await sites.MarkedAsync();
            Assert.True(sites.Clock.GetUtcNow() - began <= Noticed, $"{sites.Clock.GetUtcNow() - began}");
        }

        await sites.PassAsync(
            () => sites.Status.NetworkFault?.StartsWith("The network cannot deliver to", StringComparison.Ordinal) is true, "the operator can see why");
    }

    [Theory, EachEngine]
    public async Task A_subscription_that_was_disabled_is_enabled_again_and_nothing_is_missed(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine);
        await sites.TamperAsync(HttpMethod.Patch, "", new { enabled = false });
        await sites.LaunchAsync();
        var began = sites.Clock.GetUtcNow();
        await sites.MarkedAsync();
        Assert.True(sites.Clock.GetUtcNow() - began <= Noticed, $"{sites.Clock.GetUtcNow() - began}");
        Assert.True((await sites.SubscriptionAsync()).IsEnabled);
        Assert.Contains("had disabled the bot's subscription", sites.Log.All, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_subscription_that_asked_for_less_is_made_to_ask_for_all_and_stays_the_same(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine);
        var (before, _, events) = await sites.SubscriptionAsync();
        await sites.TamperAsync(HttpMethod.Patch, "", new { events = new[] { "transfer.posted" } });
        await sites.PassAsync(async () => (await sites.SubscriptionAsync()).Events.Contains("heartbeat"), "the network shall say that nothing happens");
        var after = await sites.SubscriptionAsync();
        Assert.Equal(before, after.Id);
        Assert.Equal(events, after.Events);
        await sites.LaunchAsync();
        await sites.MarkedAsync();
    }

    [Theory, EachEngine]
    public async Task A_subscription_that_was_deleted_is_made_again_and_nothing_is_missed(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine);
        var (before, _, _) = await sites.SubscriptionAsync();
        await sites.TamperAsync(HttpMethod.Delete, "", null);
        await sites.LaunchAsync();
        await sites.MarkedAsync();
        Assert.NotEqual(before, (await sites.SubscriptionAsync()).Id);

        // Time stands still: this one comes as an event.
        await sites.LaunchAsync();
        await Eventually.TrueAsync(async () => await sites.WriteAsync("DELETE FROM bot_dirty WHERE because LIKE '%COIN2'") > 0, "an event");
    }

    [Theory, EachEngine]
    public async Task A_subscription_that_signs_with_another_secret_is_made_again(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine);
        var (before, _, _) = await sites.SubscriptionAsync();
        await sites.TamperAsync(HttpMethod.Post, "/keys", new { kind = "v1", overlapSeconds = 0 });
        await sites.LaunchAsync();
        await sites.PassAsync(async () => await sites.SubscriptionsAsync() is [var made] && made.Id != before, "another subscription");
        await sites.PassAsync(async () => await sites.WriteAsync("DELETE FROM bot_dirty WHERE user_id = @Member") > 0, "the fan is marked");
        await sites.LaunchAsync();
        await Eventually.TrueAsync(async () => await sites.WriteAsync("DELETE FROM bot_dirty WHERE because LIKE '%COIN2'") > 0, "an event");
    }

    [Theory, EachEngine]
    public async Task A_log_that_is_shorter_than_it_was_has_everybody_looked_at(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine);
        await sites.LaunchAsync();
        await sites.MarkedAsync();
        // The event itself may have come by now, and its mark says so, for it is the more urgent one; to be marked anew begins the attempts anew.
        await sites.WriteAsync("UPDATE bot_dirty SET attempts = 7 WHERE user_id = @Member");
        Assert.Equal(1, await sites.Bot<CatchUp>().ExecuteAsync(2, CancellationToken.None));
        Assert.Equal(1, await sites.WriteAsync("DELETE FROM bot_dirty WHERE user_id = @Member AND attempts = 0"));
        Assert.Equal(1, (await sites.Bot<NetworkLife>().ReadAsync(CancellationToken.None)).Position);
    }
}
