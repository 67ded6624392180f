using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

[Collection(nameof(Chromium))]
public sealed class PrivacyTests(Chromium chromium)
{
    [Fact]
    public async Task An_ephemeral_reply_is_seen_by_nobody_else_not_live_and_not_later()
    {
        await using var town = await Town.BuildAsync();
        await using var fan = await chromium.ComesAsync();
        await using var nova = await chromium.ComesAsync();
        var fansView = await SandboxPage.OpenAsync(fan, town.Sandbox.Page, "fan");
        var novasView = await SandboxPage.OpenAsync(nova, town.Sandbox.Page, "nova");

        await fansView.TypeCommandAsync("coin join");
        await fansView.SendAsync("Only you can see this");
        await fansView.SayAsync("hello, nova");
        await Expect(novasView.LastMessage).ToContainTextAsync("hello, nova");
        await Expect(novasView.Messages).ToHaveCountAsync(1);
        await Expect(fansView.Messages).ToHaveCountAsync(2);

        await novasView.Page.ReloadAsync();
        await Expect(novasView.LastMessage).ToContainTextAsync("hello, nova");
        await Expect(novasView.Messages).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Whoever_opens_somebody_elses_link_reads_whose_it_is_on_every_page_before_consent()
    {
        await using var town = await Town.BuildAsync();
        await using var nova = await chromium.ComesAsync();
        var page = await nova.OpenAsync(await town.LinkForAsync(town.Fan));
        var body = page.Locator("body");

        await Expect(body).ToContainTextAsync($"fan {town.Fan}");
        await page.PressAsync("Continue to Rally");
        await Expect(body).ToContainTextAsync($"to the Discord account fan ({town.Fan}). If that is not yours, do not go on.");
        await page.SignInAsync("nova");
        await Expect(body).ToContainTextAsync($"your Rally account nova to the Discord account fan ({town.Fan}). If that is not yours, do not go on.");
        await page.PressAsync("Deny");
        await Expect(page.Heading()).ToHaveTextAsync("Nothing was linked");
        await Expect(body).ToContainTextAsync("You declined.");
    }
}
