using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>A fan decides what an app may spend, sees what it spent, and takes it back.</summary>
[Collection(nameof(Chromium))]
public sealed class SpendingTests(Chromium chromium)
{
    private readonly Inspection _inspection = new();

    [Fact]
    public async Task A_fan_allows_less_than_asked_sees_a_spend_lowers_the_limit_and_revokes()
    {
        await using var town = await Town.WithGoldTierAsync();
        var link = await town.LinkForAsync(town.Fan);
        await using var visitor = await chromium.ComesAsync();
        var page = await visitor.OpenAsync(link);
        await page.PressAsync("Continue to Rally");
        await page.SignInAsync("fan");

        var asked = page.GetByRole(AriaRole.Group, new() { Name = "Each coin" });
        await Expect(asked).ToContainTextAsync("Asks for 1000 in 24 hours");
        await asked.GetByLabel("In 24 hours").FillAsync("2000");
        await page.PressAsync("Allow");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("you can only lower");
        await _inspection.LookAsync(page, "consent-refused");
        await page.GetByLabel("In 24 hours").FillAsync("20");
        await page.PressAsync("Allow");
        await Expect(page.Heading()).ToHaveTextAsync("Linked");

        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.SendAsync(town.Fan, town.Creator, "12.5");
        await town.SaysAsync(town.Fan, "coin", "send", "7.5 is left now", ("member", $"{town.Creator}"), ("amount", "8"));

        page = await visitor.OpenAsync(new Uri(town.Address, "account"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Limits and spends: Rally Bot" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("12.5 PTM: spent");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Spent in the last 24 hours: 12.5 PTM. Spent in all: 12.5 PTM.");
        await _inspection.LookAsync(page, "app-with-spend");
        await page.GetByRole(AriaRole.Group, new() { Name = "Each coin" }).GetByLabel("In 24 hours").FillAsync("12.5");
        await page.PressAsync("Set these limits");
        await town.SaysAsync(town.Fan, "coin", "send", "0 is left now", ("member", $"{town.Creator}"), ("amount", "1"));

        await page.PressAsync("Revoke its access");
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("None.");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }
}
