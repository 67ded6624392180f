using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using Rally.Bot.Demo;

namespace Rally.Browser.Tests;

/// <summary>Steps that several tests take.</summary>
internal static class Steps
{
    /// <summary>The address in the reply to this member's <c>/coin join</c>.</summary>
    public static async Task<Uri> LinkForAsync(this Town town, ulong member) =>
        await DemoPerson.AskForLinkAsync(town.Discord, member, CancellationToken.None) ?? throw new InvalidOperationException("They are linked.");

    /// <summary>Fills the page's sign-in form for a seeded account, and sends it.</summary>
    public static async Task SignInAsync(this IPage page, string name)
    {
        await page.GetByLabel("User name").FillAsync(name);
        await page.GetByLabel("Password").FillAsync($"demo-password-{name}");
        await page.PressAsync("Sign in");
    }

    /// <summary>Presses the button of this name.</summary>
    public static Task PressAsync(this IPage page, string button) =>
        page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    /// <summary>Follows the link of this name.</summary>
    public static Task FollowAsync(this IPage page, string link) =>
        page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).ClickAsync();

    /// <summary>The page's main heading.</summary>
    public static ILocator Heading(this IPage page) => page.GetByRole(AriaRole.Heading, new() { Level = 1 });
}
