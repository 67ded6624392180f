using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Storage.Changes;
using Rally.Testing;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>Events that are not in the log: changes that come out of the outbox, between the log's entries.</summary>
public sealed class ChangeTests
{
    private static readonly string[] Events = ["transfer.posted", "coin.status", "link.changed"];

    [Theory, EachEngine]
    public async Task A_coins_status_comes_between_the_transfers_it_came_between(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events, coins = new[] { "PTM", "KSK" } });

        await network.LaunchAsync("PTM");
        await SuspendAsync(network, "PTM", true);
        await network.LaunchAsync("ALLIE");
        await SuspendAsync(network, "ALLIE", true);
        await SuspendAsync(network, "PTM", false);
        await network.LaunchAsync("KSK");

        var events = await receiver.ArrivedAsync(4);
        Assert.Equal(["transfer.posted", "coin.status", "coin.status", "transfer.posted"], events.Select(one => one.Type));
        Assert.Equal([("PTM", "suspended"), ("PTM", "resumed")], events.Where(one => one.Type == "coin.status").Select(StatusOf));
        Assert.Equal([Id(subscription, "1"), Id(subscription, "o1"), Id(subscription, "o3"), Id(subscription, "3")], events.Select(one => one.Id));
    }

    [Theory, EachEngine]
    public async Task They_are_in_the_same_order_for_one_who_comes_later_or_goes_back(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await network.LaunchAsync("PTM");
        await SuspendAsync(network, "PTM", true);
        await network.PostAsync(300);
        await SuspendAsync(network, "PTM", false);
        await network.PostAsync(2);

        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events, after = 0 });
        var first = (await receiver.ArrivedAsync(305)).Select(one => one.Id).ToList();
        Assert.Equal([Id(subscription, "1"), Id(subscription, "o1"), Id(subscription, "2")], first[..3]);
        Assert.Equal([Id(subscription, "301"), Id(subscription, "o2"), Id(subscription, "302"), Id(subscription, "303")], first[^4..]);

        await network.StatusAsync(subscription, "position", 303);
        await network.DoAsync(subscription, "recover", new { after = 301 }, status: 202);
        Assert.Equal(first[^3..], (await receiver.ArrivedAsync(308)).Skip(305).Select(one => one.Id));
        await network.DoAsync(subscription, "recover", new { after = 0 }, status: 202);
        Assert.Equal(first, (await receiver.ArrivedAsync(613)).Skip(308).Select(one => one.Id));
    }

    [Theory, EachEngine]
    public async Task A_change_without_any_entry_arrives_is_repeated_and_given_up_by_its_number(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await network.LaunchAsync("PTM");
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events });
        receiver.Answer = context => Receiver.Status(context, 500);

        await SuspendAsync(network, "PTM", true);
        for (var failures = 1; failures < RetrySchedule.Attempts; failures++)
            await network.AdvanceToNextAttemptAsync(subscription, failures);

        await network.StatusAsync(subscription, "deadLetters", 1);
        Assert.Equal(Id(subscription, "o1"), Assert.Single(receiver.Deliveries.Select(one => one.Id).Distinct()));
        var letter = Assert.Single((await network.ReadAsync(subscription, "dead-letters"))["deadLetters"]!.AsArray())!;
        Assert.Equal((1L, "coin.status", 1L), ((long)letter["position"]!, (string?)letter["type"], (long)letter["change"]!));
        receiver.Answer = context => Receiver.Status(context, 204);
        Assert.Equal(204, (int)(await network.DoAsync(subscription, "resend", new { change = 1 }))["status"]!);
        await network.StatusAsync(subscription, "deadLetters", 0);
        await network.DoAsync(subscription, "resend", new { change = 2 }, status: 422);
        await network.DoAsync(subscription, "resend", new { change = 1, position = 1 }, status: 422);

        await SuspendAsync(network, "PTM", false);
        await Eventually.TrueAsync(() => receiver.Deliveries.Last().Id == Id(subscription, "o2"), "the next change is sent");
    }

    [Theory, EachEngine]
    public async Task A_restart_neither_skips_nor_repeats_a_change(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await network.LaunchAsync("PTM");
        await network.SubscribeAsync(new { url = receiver.Url, events = Events });
        await SuspendAsync(network, "PTM", true);
        await receiver.ArrivedAsync(1);

        await network.StopAsync();
        await network.StartAgainAsync();
        await SuspendAsync(network, "PTM", false);

        Assert.Equal([("PTM", "suspended"), ("PTM", "resumed")], (await receiver.ArrivedAsync(2)).Select(StatusOf));
    }

    [Theory, EachEngine]
    public async Task A_changed_link_is_told_to_those_alone_who_may_read_the_accounts_links(Engine engine)
    {
        var (open, closed) = (Guid.NewGuid(), Guid.NewGuid());
        await using var network = await TestNetwork.StartAsync(engine, services: services => services.AddSingleton<ILinkReaders>(new Readers("app", open)));
        await using var may = await Receiver.StartAsync();
        await using var mayNot = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new { url = may.Url, events = Events, coins = new[] { "PTM" } });
        var other = await network.SubscribeAsync(new { url = mayNot.Url, events = Events }, clientId: "stranger");

        await AppendAsync(network, closed, "linked");
        await AppendAsync(network, open, "linked");
        await network.LaunchAsync("PTM");

        var events = await may.ArrivedAsync(2);
        Assert.Equal(["link.changed", "transfer.posted"], events.Select(one => one.Type));
        Assert.Equal(["account", "platform", "change"], events[0].Data.Select(member => member.Key));
        Assert.Equal((open, "discord", "linked"), ((Guid)events[0].Data["account"]!, (string?)events[0].Data["platform"], (string?)events[0].Data["change"]));
        Assert.Equal("transfer.posted", Assert.Single(await mayNot.ArrivedAsync(1)).Type);
        await network.DoAsync(subscription, "resend", new { change = 1 }, status: 422);
        Assert.NotEqual(subscription.Id, other.Id);
    }

    [Theory, EachEngine]
    public async Task An_app_that_knew_a_link_until_it_ended_is_told_of_the_end_alone(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var knew = await Receiver.StartAsync();
        await using var stranger = await Receiver.StartAsync();
        await network.SubscribeAsync(new { url = knew.Url, events = Events });
        await network.SubscribeAsync(new { url = stranger.Url, events = Events }, clientId: "stranger");
        var account = Guid.NewGuid();

        await AppendAsync(network, account, "linked");
        await AppendAsync(network, account, "unlinked", "app", "another");
        await network.LaunchAsync("PTM");

        var events = await knew.ArrivedAsync(2);
        Assert.Equal(["link.changed", "transfer.posted"], events.Select(one => one.Type));
        Assert.Equal(["account", "platform", "change"], events[0].Data.Select(member => member.Key));
        Assert.Equal("unlinked", (string?)events[0].Data["change"]);
        Assert.Equal("transfer.posted", Assert.Single(await stranger.ArrivedAsync(1)).Type);
    }

    private static (string?, string?) StatusOf(Receiver.Received one) => ((string?)one.Data["coin"], (string?)one.Data["status"]);

    private static string Id(Subscription subscription, string rest) => $"msg_{subscription.Id:N}_{rest}";

    private static async Task SuspendAsync(TestNetwork network, string coin, bool suspended) => Assert.IsType<SuspendCoin.Result.Changed>(
        await network.Services.GetRequiredService<SuspendCoin>().ExecuteAsync(coin, suspended, CancellationToken.None));

    private static async Task AppendAsync(TestNetwork network, Guid account, string change, params string[] knew)
    {
        var outbox = network.Services.GetRequiredService<Outbox>();
        await network.Services.GetRequiredService<Database>().WriteAsync(transaction =>
            outbox.AppendAsync(transaction, "link.changed", null, new { account, platform = "discord", change, knew }, CancellationToken.None));
        outbox.Announce();
    }

    private sealed class Readers(string client, Guid account) : ILinkReaders
    {
        public Task<bool> MayReadAsync(string clientId, Guid of, CancellationToken stop) => Task.FromResult(clientId == client && of == account);
    }
}
