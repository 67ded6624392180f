using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>A webhook endpoint's whole life on its owner's pages, against a receiver that works, fails and works again.</summary>
[Collection(nameof(Chromium))]
public sealed class WebhookTests(Chromium chromium)
{
    private readonly Inspection _inspection = new();

    [Fact]
    public async Task An_endpoint_is_made_tested_watched_while_it_fails_mended_and_removed()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var town = await Town.BuildAsync(settings: [("Webhooks:AllowPrivateAddresses", "true"), ("Auth:AllowPrivateWebhooks", "true")]);
        await town.LinkAsync(town.Creator, "portemonnaie");
        await town.LinkAsync(town.Fan, "fan");
        await town.SaysAsync(town.Creator, "rally", "setup", "PTM", ("symbol", "PTM"));
        await using var owner = await chromium.ComesAsync();
        var page = await RegisteredAsync(owner, town, receiver.Url);

        await MakeAsync(page, receiver);
        await WatchAsync(page, town, receiver);
        await MendAsync(page, receiver);
        await EndAsync(page);
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(owner.Complaints);
        Assert.Empty(owner.ForeignLoads);
    }

    [Fact]
    public async Task What_an_owner_may_not_do_is_told_with_what_would_mend_it()
    {
        await using var town = await Town.BuildAsync();
        await using var owner = await chromium.ComesAsync();
        var page = await owner.OpenAsync(new Uri(town.Address, "developer/app/webhooks?client_id=rally-bot"));
        await page.SignInAsync("nova");
        await Expect(page.Heading()).ToHaveTextAsync("You have no such app");

        await page.GotoAsync(new Uri(town.Address, "developer/register").ToString());
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Quiet Club");
        await page.GetByLabel("balances:read").CheckAsync();
        await page.PressAsync("Register");
        var clientId = await page.Locator("dd code").First.TextContentAsync();
        await page.GotoAsync(new Uri(town.Address, $"developer/app/webhooks?client_id={clientId}").ToString());
        await LookAsync(page, "Quiet Club has no webhooks", "webhooks-without-scope");

        await page.GotoAsync(new Uri(town.Address, "developer/register").ToString());
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Home Club");
        await page.GetByLabel("webhooks:manage").CheckAsync();
        await page.GetByLabel("Webhook address (optional)").FillAsync("https://10.0.0.1/hook");
        await page.PressAsync("Register");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Auth:AllowPrivateWebhooks=true");
        await page.GetByLabel("Webhook address (optional)").FillAsync("");
        await page.PressAsync("Register");
        await page.FollowAsync("Go on to the app");
        await page.FollowAsync("Webhook endpoints");
        await page.FollowAsync("Make an endpoint");
        await page.GetByLabel("Address").FillAsync("http://10.0.0.1/hook");
        await page.PressAsync("Make it");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Webhooks:AllowPrivateAddresses=true");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }

    private async Task<IPage> RegisteredAsync(Visitor owner, Town town, string webhook)
    {
        var page = await owner.OpenAsync(new Uri(town.Address, "developer/register"));
        await page.SignInAsync("nova");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Coin Club");
        await page.GetByLabel("webhooks:manage").CheckAsync();
        await page.GetByLabel("Webhook address (optional)").FillAsync(webhook);
        await page.PressAsync("Register");
        await page.FollowAsync("Go on to the app");
        await page.FollowAsync("Webhook endpoints");
        await LookAsync(page, "Webhook endpoints", "webhooks-none");
        return page;
    }

    private async Task MakeAsync(IPage page, Receiver receiver)
    {
        await page.FollowAsync("Make an endpoint");
        // The address that the app is registered with is proposed.
        await Expect(page.GetByLabel("Address")).ToHaveValueAsync(receiver.Url);
        await page.GetByLabel("Coins").FillAsync("ptm");
        await page.GetByLabel("Headers to send along (optional)").FillAsync("X-Key: opensesame\nHost: elsewhere");
        await page.GetByLabel("v1a").CheckAsync();
        await page.GetByLabel("Bodies").SelectOptionAsync("rally-v1");
        await page.PressAsync("Make it");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("the format rally-v1 may only name");
        await Expect(page.GetByLabel("Bodies")).ToHaveValueAsync("rally-v1");
        await page.GetByLabel("Bodies").SelectOptionAsync("standard");
        await page.PressAsync("Make it");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("headers may not name Host");
        await LookAsync(page, "Make an endpoint", "webhooks-make");
        await page.GetByLabel("Headers to send along (optional)").FillAsync("X-Key: opensesame");
        await page.PressAsync("Make it");
        await LookAsync(page, "The endpoint is made", "webhooks-secret");
        await Expect(page.Locator("dd code").First).ToContainTextAsync("whsec_");
        await Expect(page.Locator("dd code").Last).ToContainTextAsync("whpk_");

        await page.FollowAsync("Go on to the endpoint");
        await page.PressAsync("Send a test event");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Delivered, answered 200");
        await LookAsync(page, "Test event", "webhooks-test");
        Assert.Equal(["opensesame"], receiver.Keys);
    }

    private async Task WatchAsync(IPage page, Town town, Receiver receiver)
    {
        await page.FollowAsync("The endpoint");
        await town.SendAsync(town.Creator, town.Fan, "7");
        await Testing.Eventually.TrueAsync(() => receiver.Keys.Count == 2, "a delivery");
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Up to date.");
        await LookAsync(page, "Webhook endpoint", "webhooks-endpoint");

        receiver.Status = 500;
        await town.SendAsync(town.Creator, town.Fan, "8");
        await Testing.Eventually.TrueAsync(() => receiver.Keys.Count == 3, "an attempt");
        await page.FollowAsync("Log of attempts");
        await page.FollowAsync("Show those that failed");
        await Expect(page.Locator("main li")).ToHaveCountAsync(1);
        await Expect(page.Locator("main li")).ToContainTextAsync("500");
        await page.GetByText("What came back").ClickAsync();
        await Expect(page.Locator("main li")).ToContainTextAsync("it is <b>broken</b>");
        await LookAsync(page, "Attempts", "webhooks-attempts");
        await page.FollowAsync("The endpoint");
        await page.FollowAsync("Webhook endpoints of Coin Club");
        await Expect(page.Locator("main li")).ToContainTextAsync("Failing since");
        await LookAsync(page, "Webhook endpoints", "webhooks-failing");
        await page.Locator("main li a").ClickAsync();
    }

    private async Task MendAsync(IPage page, Receiver receiver)
    {
        receiver.Status = 200;
        await page.PressAsync("Disable it");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("It is disabled.");
        await LookAsync(page, "Webhook endpoint", "webhooks-disabled");
        await page.PressAsync("Enable it");
        await Testing.Eventually.TrueAsync(() => receiver.Keys.Count == 4, "what it missed");
        await page.GetByLabel("Coins").FillAsync("no! symbol");
        await page.PressAsync("Save");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("coins must be symbols");
        await page.GetByLabel("Coins").FillAsync("");
        await page.GetByLabel("Send no headers along any more").CheckAsync();
        await page.PressAsync("Save");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("It is saved.");

        await page.GetByLabel("All events since, in UTC").FillAsync("2020-01-01T00:00");
        await page.PressAsync("Deliver them again");
        await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("It goes on after position 0");
        await Testing.Eventually.TrueAsync(() => receiver.Keys.Contains(""), "events without the header, of all coins");
        await page.FollowAsync("Log of attempts");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send again", Exact = false }).First.ClickAsync();
        await Expect(page.Heading()).ToHaveTextAsync("Sent again");
        await page.FollowAsync("The endpoint");
        await page.FollowAsync("Events that were given up: 0");
        await LookAsync(page, "Events that were given up", "webhooks-given-up");
        await page.FollowAsync("The endpoint");
    }

    private async Task EndAsync(IPage page)
    {
        await page.GetByLabel("The one before signs as well").SelectOptionAsync("for a week");
        await page.PressAsync("Make another key");
        await LookAsync(page, "The endpoint has another key", "webhooks-rotated");
        await page.FollowAsync("Go on to the endpoint");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("signs until");
        await page.GetByLabel("Remove it, with its log.").CheckAsync();
        await page.PressAsync("Remove the endpoint");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("There are none.");
    }

    private async Task LookAsync(IPage page, string heading, string name)
    {
        await Expect(page.Heading()).ToHaveTextAsync(heading);
        await _inspection.LookAsync(page, name);
    }

    /// <summary>Where the events go.</summary>
    private sealed class Receiver(WebApplication app) : IAsyncDisposable
    {
        public int Status { get; set; } = 200;

        /// <summary>Of each message, the header that its owner had sent along.</summary>
        public ConcurrentQueue<string> Keys { get; } = new();

        public string Url => app.Urls.Single() + "/hook";

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var receiver = new Receiver(app);
            app.MapPost("/hook", (HttpRequest request) =>
            {
                receiver.Keys.Enqueue(request.Headers["X-Key"].ToString());
                return Results.Text(receiver.Status == 200 ? "fine" : "it is <b>broken</b>", statusCode: receiver.Status);
            });
            await app.StartAsync();
            return receiver;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
