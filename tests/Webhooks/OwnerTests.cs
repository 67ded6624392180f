using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Subscriptions;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>Owners are told of endpoints that fail and of those that are disabled.</summary>
public sealed class OwnerTests
{
    [Theory, EachEngine]
    public async Task Of_a_disabled_endpoint_its_owner_is_told_once_for_each_time_and_not_of_what_they_disabled(Engine engine)
    {
        var owners = new Owners();
        await using var network = await TestNetwork.StartAsync(engine, services: services => services.AddSingleton<IEndpointOwners>(owners), chores: true);
        await using var gone = await Receiver.StartAsync();
        gone.Answer = context => Receiver.Status(context, 410);
        var subscription = await network.SubscribeAsync(gone.Url + "?key=opensesame");
        await network.PatchAsync(await network.SubscribeAsync(gone.Url, clientId: "app"), new { enabled = false });
        await network.PostAsync();
        await network.StatusAsync(subscription, "disabledReason", "It answered 410 Gone.");
        // A status tells what is not stored yet; who is told goes by what is.
        await network.Services.GetRequiredService<Deliveries.ProgressWriter>().FlushAsync(default);

        network.Clock.Advance(SubscriptionChores.Interval);
        await Eventually.TrueAsync(() => owners.Woken == 1, "a message");
        var notice = Assert.Single(owners.Told);
        Assert.Equal(("app", $"/developer/app/webhooks/endpoint?client_id=app&id={subscription.Id}"), (notice.ClientId, notice.Path));
        Assert.Contains(gone.Url, notice.Text, StringComparison.Ordinal);
        Assert.Contains("It answered 410 Gone.", notice.Text, StringComparison.Ordinal);
        Assert.Contains("enable it again", notice.Text, StringComparison.Ordinal);
        // What may be a secret of the receiver's stays out of mail.
        Assert.DoesNotContain("opensesame", notice.Text, StringComparison.Ordinal);
        Assert.All(notice.Text, letter => Assert.True(char.IsAscii(letter)));
        await network.StopAsync();
        await network.StartAgainAsync();
        Assert.Equal(0, await TellAsync(network));

        await network.PatchAsync(subscription, new { enabled = true });
        await network.StatusAsync(subscription, "disabledReason", "It answered 410 Gone.");
        await network.Services.GetRequiredService<Deliveries.ProgressWriter>().FlushAsync(default);
        Assert.Equal(1, await TellAsync(network));
        Assert.Equal(2, owners.Told.Count);
    }

    [Theory, EachEngine]
    public async Task An_endpoint_that_fails_for_a_day_is_warned_of_once_and_told_of_when_it_is_disabled(Engine engine)
    {
        var owners = new Owners();
        await using var network = await TestNetwork.StartAsync(engine, services: services => services.AddSingleton<IEndpointOwners>(owners));
        await using var broken = await Receiver.StartAsync();
        broken.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(broken.Url);
        // The first is given up after three days; the second goes on failing.
        await network.PostAsync(2);
        for (var failures = 1; failures <= 6; failures++)
            await network.AdvanceToNextAttemptAsync(subscription, failures);
        await network.StatusAsync(subscription, "failures", 7);
        Assert.Empty(owners.Told);

        while ((await network.StatusAsync(subscription))["disabledAt"] is null)
        {
            var status = await network.StatusAsync(subscription);
            var next = (DateTimeOffset)status["nextAttemptAt"]!;
            await Eventually.TrueAsync(() => network.Clock.HasTimerDue(next), "the pump waits");
            network.Clock.Jump(next - network.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1));
            await Eventually.TrueAsync(async () =>
            {
                var now = await network.StatusAsync(subscription);
                return now["disabledAt"] is not null || (now["nextAttemptAt"] is { } then && (DateTimeOffset)then > next);
            }, "another attempt");
            await network.Services.GetRequiredService<Deliveries.ProgressWriter>().FlushAsync(default);
            await TellAsync(network);
        }

        Assert.Equal(
            ["A webhook endpoint of your app is failing", "A webhook endpoint of your app is disabled"], owners.Told.Select(notice => notice.Subject));
        Assert.All(owners.Told, notice => Assert.Contains("It answered 500.", notice.Text, StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task What_could_not_be_told_is_told_later_and_holds_up_nobody(Engine engine)
    {
        var owners = new Owners { Unlucky = "unlucky" };
        await using var network = await TestNetwork.StartAsync(engine, services: services => services.AddSingleton<IEndpointOwners>(owners));
        foreach (var client in new[] { "unlucky", "app" })
            await network.SubscribeAsync("http://127.0.0.1:1/", clientId: client);
        await network.Services.GetRequiredService<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE webhook_endpoint SET disabled_at = 5, disabled_reason = 'It answered 410 Gone.'", null, transaction));
        Assert.Equal(1, await TellAsync(network));
        Assert.Equal("app", owners.Told.Single().ClientId);

        owners.Unlucky = null;
        Assert.Equal(1, await TellAsync(network));
        Assert.Equal(["app", "unlucky"], owners.Told.Select(notice => notice.ClientId));
        Assert.Equal(0, await TellAsync(network));
    }

    private static Task<int> TellAsync(TestNetwork network) => network.Services.GetRequiredService<TellOwners>().RunOnceAsync(default);

    /// <summary>Takes messages as the host does; one client's cannot be.</summary>
    private sealed class Owners : IEndpointOwners
    {
        public ConcurrentQueue<EndpointNotice> Told { get; } = new();

        public int Woken { get; private set; }

        public string? Unlucky { get; set; }

        public Task AddAsync(DbTransaction transaction, EndpointNotice notice, CancellationToken stop)
        {
            if (notice.ClientId == Unlucky)
                throw new InvalidOperationException("A fault on the way to the owner.");
            Told.Enqueue(notice);
            return Task.CompletedTask;
        }

        public void Wake() => Woken++;
    }
}
