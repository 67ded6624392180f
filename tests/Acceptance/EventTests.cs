using System.Net;
using System.Text.Json.Nodes;
using Rally.Auth.Apps;
using Rally.Bot.Demo;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Events that need accounts, consents and the ledger together.</summary>
public sealed class EventTests
{
    private const string Listener = "listener";

    [Theory, EachEngine]
    public async Task An_app_that_the_creator_has_approved_is_told_what_the_sender_shows(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        await using var listener = await Sink.StartAsync();
        await site.RegisterAsync(Listener, ["coins:manage", "webhooks:manage"]);
        site.Use(await site.OwnTokenAsync(Listener, "webhooks:manage"));
        Assert.Equal(HttpStatusCode.Created, (await site.SendAsync(HttpMethod.Post, "/api/webhook-endpoints", new { url = listener.Url, events = new[] { "transfer" } })).Status);

        await site.RegisterAsync();
        await SendShownAsync(site, "1 FIX");
        Assert.Equal((null, null, null), PrivateOf((await listener.ArrivedAsync(1))[0]));

        // alice launched FIX, and not GIFT.
        site.Use(await site.AllowAsync("coins:manage", client: Listener));
        Assert.Equal(HttpStatusCode.Forbidden, (await site.SendAsync(HttpMethod.Put, $"/api/coins/GIFT/webhook-apps/{Listener}", null)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await site.SendAsync(HttpMethod.Put, $"/api/coins/FIX/webhook-apps/{Listener}", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await site.SendAsync(HttpMethod.Put, "/api/coins/FIX/webhook-apps/nobody", null)).Status);

        await site.RegisterAsync();
        await SendShownAsync(site, "2 FIX");
        Assert.Equal(("alice", "for you", "order 7"), PrivateOf((await listener.ArrivedAsync(2))[1]));
    }

    [Theory, EachEngine]
    public async Task An_app_that_may_read_somebodys_links_is_told_that_they_changed_and_not_who_it_is_there(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine, settings: ("Webhooks:AllowPrivateAddresses", "true"));
        await using var listener = await Sink.StartAsync();
        using var made = await town.Inside<RallyClient>().SendAsOwnAsync(
            HttpMethod.Post, "api/webhook-endpoints", new { url = listener.Url, events = new[] { "link.changed" } }, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        await town.LinkAsync(town.Fan, "fan");

        var told = (await listener.ArrivedAsync(1))[0];
        var account = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        Assert.Equal(("link.changed", account, "discord", "linked"), ((string?)told["type"], (Guid)told["data"]!["account"]!, (string?)told["data"]!["platform"], (string?)told["data"]!["change"]));
        Assert.DoesNotContain($"{town.Fan}", told.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task An_app_whose_access_hung_on_a_link_is_told_that_it_ended(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine, settings: ("Webhooks:AllowPrivateAddresses", "true"));
        await using var listener = await Sink.StartAsync();
        await town.LinkAsync(town.Fan, "fan");
        var account = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        using var made = await town.Inside<RallyClient>().SendAsOwnAsync(
            HttpMethod.Post, "api/webhook-endpoints", new { url = listener.Url, events = new[] { "link.changed" } }, CancellationToken.None);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);

        using var browser = new DemoBrowser();
        var person = new Dictionary<string, string> { ["username"] = "fan", ["password"] = "demo-password-fan" };
        await browser.OpenAsync(new Uri(town.Address, "sign-in?returnUrl=/account/links"), CancellationToken.None);
        await browser.PressAsync("Sign in", person, CancellationToken.None);
        await browser.PressAsync("Remove", person, CancellationToken.None);
        Assert.Contains("It is no longer linked", browser.Text, StringComparison.Ordinal);

        var told = Assert.Single(await listener.ArrivedAsync(1));
        Assert.Equal((account, "unlinked"), ((Guid)told["data"]!["account"]!, (string?)told["data"]!["change"]));
        Assert.Equal(["account", "platform", "change"], told["data"]!.AsObject().Select(member => member.Key));
        Assert.False(await town.Inside<Auth.Links.LinkReaders>().MayReadAsync("rally-bot", account, CancellationToken.None));
    }

    private static async Task SendShownAsync(FormerSite site, string amount)
    {
        var asked = await site.InitiateAsync(new
        {
            fromRnbUserId = site.Alice,
            toRnbUserId = site.Bob,
            coinKind = "FIX",
            amount = amount[..1],
            note = "for you",
            referenceData = "order 7",
            showNote = true,
            showUserName = true,
        });
        await site.Page.OpenAsync(new Uri((string)asked.Body["approvalUrl"]!), default);
        Assert.Contains("Your user name, the note and the app's reference", site.Page.Text, StringComparison.Ordinal);
        await site.Page.PressAsync("Send", new Dictionary<string, string>(), default);
        Assert.Contains("Sent", site.Page.Text, StringComparison.Ordinal);
    }

    private static (string?, string?, string?) PrivateOf(JsonObject told) =>
        ((string?)told["data"]!["fromUsername"], (string?)told["data"]!["memo"], (string?)told["data"]!["reference"]);
}
