using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using Rally.Auth.Apps;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>axe-core finds nothing wrong, in light and dark, on a desktop and on a phone; nothing is wider than the screen.</summary>
[Collection(nameof(Chromium))]
public sealed class AccessibilityTests(Chromium chromium)
{
    private readonly Inspection _inspection = new();

    [Fact]
    public async Task The_sandboxs_page_is_accessible_in_all_its_states()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await using var visitor = await chromium.ComesAsync();
        var sandbox = await SandboxPage.OpenAsync(visitor, town.Sandbox.Page, "fan");
        var page = sandbox.Page;

        await sandbox.TypeCommandAsync("tier why");
        await sandbox.SendAsync("60 is enough to keep it");
        await sandbox.ActAsAsync("nova");
        await sandbox.TypeCommandAsync("coin join");
        await sandbox.SendAsync("Only you can see this");
        await _inspection.LookAsync(page, "sandbox");

        await page.GetByLabel("Message", new() { Exact = true }).ClickAsync();
        await page.Keyboard.TypeAsync("/tier");
        await Expect(page.Locator("#suggestions li")).ToHaveCountAsync(8);
        await _inspection.LookAsync(page, "sandbox-commands");
        await page.Keyboard.PressAsync("Escape");

        await page.GetByLabel("Message", new() { Exact = true }).FillAsync("");
        await sandbox.ActAsAsync("portemonnaie"); // the others have no such command
        await sandbox.TypeCommandAsync("rally setup");
        await Expect(page.Locator("#option-symbol-list li")).ToHaveCountAsync(4);
        await _inspection.LookAsync(page, "sandbox-choices");
        await page.PressAsync("Cancel command");
        await sandbox.TypeCommandAsync("coin send");
        await _inspection.LookAsync(page, "sandbox-options");
        await page.PressAsync("Cancel command");

        await page.PressAsync("fan");
        await _inspection.LookAsync(page, "sandbox-member");
        await page.PressAsync("Close");
        await page.GetByRole(AriaRole.Tab, new() { Name = "Faults" }).ClickAsync();
        await Expect(page.Locator("#fault-state")).ToContainTextAsync("gateway session");
        await _inspection.LookAsync(page, "sandbox-faults", Screen.Desktop);

        await page.SetViewportSizeAsync(Screen.Phone.Width, Screen.Phone.Height);
        await sandbox.ShowSideAsync("Members");
        await _inspection.LookAsync(page, "sandbox-faults", Screen.Phone);
        await page.GetByRole(AriaRole.Tab, new() { Name = "Members" }).ClickAsync();
        await _inspection.LookAsync(page, "sandbox-members", Screen.Phone);
        await sandbox.HideSidesAsync();
        await sandbox.ShowSideAsync("Channels");
        await _inspection.LookAsync(page, "sandbox-channels", Screen.Phone);
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }

    [Fact]
    public async Task The_pages_of_the_network_and_the_bot_are_accessible()
    {
        await using var town = await Town.BuildAsync();
        var link = await town.LinkForAsync(town.Fan);
        await using var visitor = await chromium.ComesAsync();
        await _inspection.LookAsync(await visitor.OpenAsync(town.Address), "home");
        await _inspection.LookAsync(await visitor.OpenAsync(new(town.Address, "creator/PTM/?inputType=COINS&amount=12.5&note=for%20the%20stream")), "creator");

        var page = await visitor.OpenAsync(link);
        await _inspection.LookAsync(page, "link");
        await page.PressAsync("Continue to Rally");
        await LookAsync(page, "Sign in", "sign-in");
        await page.GetByLabel("User name").FillAsync("fan");
        await page.GetByLabel("Password").FillAsync("not the password");
        await page.PressAsync("Sign in");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await LookAsync(page, "Sign in", "sign-in-refused");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign up" }).ClickAsync();
        await LookAsync(page, "Sign up", "sign-up");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.SignInAsync("fan");
        await LookAsync(page, "Allow Rally Bot?", "consent");
        await page.PressAsync("Allow");
        await LookAsync(page, "Linked", "linked");
        await LookAsync(await visitor.OpenAsync(link), "This link is over", "over");
        await LookAsync(await visitor.OpenAsync(new Uri(town.Address, "account")), "Your account", "account");
        await LookAsync(await visitor.OpenAsync(new Uri(town.Address, "account/apps?client_id=rally-bot")), "Rally Bot", "app");
        await LookAsync(await visitor.OpenAsync(new Uri(town.Address, "sign-out")), "Sign out", "sign-out");
        await LookAsync(await visitor.OpenAsync(new Uri(town.Address, "oauth2/authorize?client_id=nobody")), "This request cannot be answered", "unanswerable");

        var refused = await visitor.OpenAsync(await town.LinkForAsync(town.Discord.MemberId("nova")));
        await refused.PressAsync("Continue to Rally");
        // The fan has a Discord account already.
        await LookAsync(refused, "This cannot be linked", "link-refused");
        await refused.PressAsync("Back to Rally Bot");
        await LookAsync(refused, "Nothing was linked", "refused");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }

    [Fact]
    public async Task A_device_is_connected_by_keyboard_on_accessible_pages()
    {
        await using var town = await Town.BuildAsync();
        await town.Inside<RegisterApp>().ExecuteAsync(new RegisterApp.Request(
            "console", "Console", "Somebody", null, [], ["openid", "profile"], ["urn:ietf:params:oauth:grant-type:device_code"]));
        using var console = new HttpClient { BaseAddress = town.Address };
        using var begin = new FormUrlEncodedContent([new("client_id", "console"), new("scope", "openid profile")]);
        var begun = await (await console.PostAsync("oauth2/device_authorization", begin)).Content.ReadFromJsonAsync<JsonElement>();

        await using var visitor = await chromium.ComesAsync();
        var page = await visitor.OpenAsync(new Uri(town.Address, "device"));
        await page.SignInAsync("fan");
        await LookAsync(page, "Connect a device", "device");
        async Task TypeAsync(string code)
        {
            await page.GetByLabel("The code on the device's screen").FillAsync(code);
            await page.Keyboard.PressAsync("Enter");
        }

        await TypeAsync("BBBB-BBBB");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await LookAsync(page, "Connect a device", "device-refused");
        await TypeAsync(begun.GetProperty("user_code").GetString()!);
        await LookAsync(page, "Connect Console?", "device-confirm");
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await LookAsync(page, "The device is connected", "device-connected");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }

    private async Task LookAsync(IPage page, string heading, string name)
    {
        await Expect(page.Heading()).ToHaveTextAsync(heading);
        await _inspection.LookAsync(page, name);
    }
}
