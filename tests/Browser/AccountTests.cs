using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>A person's own pages: everything by keyboard and on a phone, and nothing that axe finds wrong.</summary>
[Collection(nameof(Chromium))]
public sealed class AccountTests(Chromium chromium)
{
    private readonly Inspection _inspection = new();

    [Fact]
    public async Task Sessions_are_seen_and_ended_and_the_password_changed()
    {
        await using var town = await Town.BuildAsync();
        await using var elsewhere = await chromium.ComesAsync(Screen.Phone);
        var other = await SignedInAsync(elsewhere, town);
        await using var visitor = await chromium.ComesAsync();
        var page = await SignedInAsync(visitor, town);
        await Expect(page.Locator("body")).ToContainTextAsync("Chrome on Linux (this browser)");
        await LookAsync(page, "Your account", "account-sessions");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out there: Chrome on Linux" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Sign out there")).ToHaveCountAsync(0);
        await other.ReloadAsync();
        await Expect(other.Heading()).ToHaveTextAsync("Sign in");

        await page.GetByRole(AriaRole.Link, new() { Name = "Change your password" }).ClickAsync();
        await LookAsync(page, "Change your password", "password");
        await ChangeAsync(page, "not the password");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The present password is not right");
        await LookAsync(page, "Change your password", "password-refused");
        await ChangeAsync(page, "demo-password-fan");
        await LookAsync(page, "Your password is changed", "password-changed");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(visitor.Complaints);
        Assert.Empty(visitor.ForeignLoads);
    }

    private static async Task ChangeAsync(IPage page, string present)
    {
        await page.GetByLabel("Present password").FillAsync(present);
        await page.GetByLabel("New password").FillAsync("another good one");
        await page.Keyboard.PressAsync("Enter");
    }

    private static async Task<IPage> SignedInAsync(Visitor visitor, Town town)
    {
        var page = await visitor.OpenAsync(new Uri(town.Address, "account"));
        await page.SignInAsync("fan");
        await Expect(page.Heading()).ToHaveTextAsync("Your account");
        return page;
    }

    private async Task LookAsync(IPage page, string heading, string name)
    {
        await Expect(page.Heading()).ToHaveTextAsync(heading);
        await _inspection.LookAsync(page, name);
    }
}
