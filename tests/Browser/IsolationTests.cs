using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>Pages need nothing from elsewhere, say so to the browser, and need no mouse.</summary>
[Collection(nameof(Chromium))]
public sealed class IsolationTests(Chromium chromium)
{
    [Fact]
    public async Task No_page_loads_anything_from_elsewhere_or_complains_in_the_console_and_each_has_a_strict_policy()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var sandbox = await SandboxPage.OpenAsync(visitor, town.Sandbox.Page, "fan");
        await sandbox.TypeCommandAsync("coin join");
        await sandbox.SendAsync("Only you can see this");
        await visitor.OpenAsync(town.Address);
        var link = await town.LinkForAsync(town.Fan);
        var page = await visitor.OpenAsync(link);
        await page.PressAsync("Continue to Rally");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign up" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.SignInAsync("fan");
        await page.PressAsync("Allow");
        await Expect(page.Heading()).ToHaveTextAsync("Linked");
        await visitor.OpenAsync(link);
        await visitor.OpenAsync(new Uri(town.Address, "account"));
        await visitor.OpenAsync(new Uri(town.Address, "link/callback"));

        Assert.Empty(visitor.ForeignLoads);
        Assert.Empty(visitor.Complaints);
        var documents = visitor.Responses.Where(response => response.Request.ResourceType == "document").ToList();
        Assert.NotEmpty(documents);
        foreach (var response in documents.Where(response => response.Status is not (302 or 303)))
        {
            var policy = (await response.AllHeadersAsync()).GetValueOrDefault("content-security-policy", "");
            Assert.True(policy.Contains("frame-ancestors 'none'", StringComparison.Ordinal), $"{response.Url}: {policy}");
            Assert.StartsWith(response.Url.StartsWith(town.Address.ToString(), StringComparison.Ordinal) ? "default-src 'none'" : "default-src 'self'", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_accounts_can_be_linked_with_the_keyboard_alone()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var page = await visitor.OpenAsync(await town.LinkForAsync(town.Fan));
        var keys = page.Keyboard;

        await TabToAsync(page, "Continue to Rally");
        await keys.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync("Sign in");
        await TabToAsync(page, "User name");
        await keys.TypeAsync("fan");
        await keys.PressAsync("Tab");
        await Expect(page.GetByLabel("Password")).ToBeFocusedAsync();
        await keys.TypeAsync("demo-password-fan");
        await keys.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync("Allow Rally Bot?");
        await TabToAsync(page, "Allow");
        await keys.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync("Linked");
    }

    /// <summary>Presses Tab until the button or field of this name has the focus, and shows it.</summary>
    private static async Task TabToAsync(IPage page, string name)
    {
        for (var presses = 0; presses < 10; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focused = await page.EvaluateAsync<string>("(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()");
            if (focused != name)
                continue;
            Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
            return;
        }

        Assert.Fail($"Ten times Tab do not lead to “{name}”.");
    }
}
