using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>Chromium makes a passkey with its virtual authenticator and signs in with it; axe finds nothing wrong on the way.</summary>
[Collection(nameof(Chromium))]
public sealed class PasskeyTests(Chromium chromium)
{
    private readonly Inspection _inspection = new();

    [Fact]
    public async Task A_passkey_is_added_used_and_removed()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        // Browsers make no passkeys for IP addresses.
        var address = new UriBuilder(town.Address) { Host = "localhost" }.Uri;
        var page = await visitor.OpenAsync(new Uri(address, "sign-up"));
        var device = await DeviceOfAsync(page);
        await page.GetByLabel("User name").FillAsync("rosa");
        await page.GetByLabel("Password").FillAsync("long-enough-password");
        await page.PressAsync("Sign up");
        await page.GetByRole(AriaRole.Link, new() { Name = "Passkeys" }).ClickAsync();
        await Expect(page.GetByLabel("What to call it")).ToBeVisibleAsync();
        await LookAsync(page, "Passkeys", "passkeys-none");
        await page.GetByLabel("What to call it").FillAsync("Laptop");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("never used")).ToBeVisibleAsync();
        await LookAsync(page, "Passkeys", "passkeys");
        await page.PressAsync("Add a passkey");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("has a passkey for your account already");
        await LookAsync(page, "Passkeys", "passkeys-refused");

        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
        await device.AnswersByItselfAsync(false);
        await page.PressAsync("Sign out");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" })).ToBeVisibleAsync();
        await LookAsync(page, "Sign in", "sign-in-passkey");
        await device.AnswersByItselfAsync(true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync("Your account");
        await Expect(page.GetByText("rosa")).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(address, "account/prove?returnUrl=/account/passkeys").ToString());
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" })).ToBeVisibleAsync();
        await LookAsync(page, "Is it still you?", "prove");
        await page.PressAsync("Use a passkey");
        await Expect(page.GetByText("last used")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Laptop" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("You have none.")).ToBeVisibleAsync();

        await page.GotoAsync(new Uri(address, "account").ToString());
        await device.AnswersByItselfAsync(false);
        await page.PressAsync("Sign out");
        await device.AnswersByItselfAsync(true);
        await page.PressAsync("Sign in with a passkey");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(page.Heading()).ToHaveTextAsync("Sign in");
        await LookAsync(page, "Sign in", "sign-in-passkey-refused");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(visitor.Complaints);
        Assert.Empty(visitor.ForeignLoads);
    }

    [Fact]
    public async Task Where_the_browser_can_it_offers_passkeys_in_the_field_for_the_name()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync(Screen.Phone);
        var address = new UriBuilder(town.Address) { Host = "localhost" }.Uri;
        var page = await visitor.OpenAsync(new Uri(address, "account/passkeys"));
        var device = await DeviceOfAsync(page);
        await page.SignInAsync("fan");
        await page.PressAsync("Add a passkey");
        await Expect(page.GetByText("never used")).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(address, "account").ToString());
        // The virtual authenticator stands for the person who picks the first entry of the list.
        await page.PressAsync("Sign out");
        await Expect(page.Heading()).ToHaveTextAsync("Your account");
        Assert.Empty(visitor.Complaints);
    }

    private static async Task<Device> DeviceOfAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable", new() { ["enableUI"] = false });
        var added = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return new(session, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    private async Task LookAsync(IPage page, string heading, string name)
    {
        await Expect(page.Heading()).ToHaveTextAsync(heading);
        await _inspection.LookAsync(page, name);
    }

    private sealed record Device(ICDPSession Session, string Id)
    {
        /// <summary>Whether its owner touches it as soon as it asks.</summary>
        public Task AnswersByItselfAsync(bool enabled) => Session.SendAsync(
            "WebAuthn.setAutomaticPresenceSimulation", new() { ["authenticatorId"] = Id, ["enabled"] = enabled });
    }
}
