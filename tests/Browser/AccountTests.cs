using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.SecondFactors;
using Rally.Testing;
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

    [Fact]
    public async Task The_operator_comes_by_a_link_and_passes_links_on()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var page = await visitor.OpenAsync(new Uri(town.Address, (await town.Inside<FirstOperator>().OfferAsync(default))!));
        await page.SignInAsync("nova");
        await LookAsync(page, "Become the operator", "operator-setup");
        await page.PressAsync("Become the operator");
        await Expect(page.Heading()).ToHaveTextAsync("Operator");

        await using var fans = await chromium.ComesAsync(Screen.Phone);
        var fan = await fans.OpenAsync(new Uri(town.Address, "sign-in"));
        await fan.GetByRole(AriaRole.Link, new() { Name = "Forgotten your password?" }).ClickAsync();
        await LookAsync(fan, "Reset your password", "forgot-password");
        await fan.GetByLabel("User name or e-mail address").FillAsync("fan");
        await fan.Keyboard.PressAsync("Enter");
        await LookAsync(fan, "A link, if there is an account", "forgot-password-asked");

        await Eventually.TrueAsync(async () =>
        {
            await page.ReloadAsync();
            return await page.GetByText("Reset your password").CountAsync() == 1;
        }, "the link on the operator's page");
        await LookAsync(page, "Operator", "operator");
        var link = new Uri(await page.Locator("main code").First.TextContentAsync() ?? "");
        fan = await fans.OpenAsync(link);
        await LookAsync(fan, "Choose another password", "reset-password");
        await fan.GetByLabel("New password").FillAsync("another good one");
        await fan.Keyboard.PressAsync("Enter");
        await LookAsync(fan, "Your password is changed", "reset-password-done");
        await LookAsync(await fans.OpenAsync(link), "This link is over", "link-over");

        await page.GetByLabel("User name, e-mail address or Rally id").FillAsync("quill");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Lock quill" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Locked by an operator")).ToBeVisibleAsync();
        await LookAsync(page, "Operator", "operator-locked");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(visitor.Complaints);
        Assert.Empty(fans.Complaints);
    }

    [Fact]
    public async Task An_address_is_given_and_confirmed()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var page = await visitor.OpenAsync(new Uri(town.Address, "sign-up"));
        await page.GetByLabel("User name").FillAsync("rosa");
        await page.GetByLabel("Password").FillAsync("long-enough-password");
        await page.GetByLabel("E-mail address (optional)").FillAsync("rosa@mail.example");
        await LookAsync(page, "Sign up", "sign-up-email");
        await page.PressAsync("Sign up");
        await Expect(page.Heading()).ToHaveTextAsync("Your account");
        var letter = Assert.Single(await town.Inside<Outbox>().AllAsync(10, default)).Letter;
        page = await visitor.OpenAsync(new Uri(town.Address, letter.Link!));
        await LookAsync(page, "Confirm your address", "confirm-email");
        await page.PressAsync("Confirm");
        await LookAsync(page, "Your address is confirmed", "confirm-email-done");
        await page.GetByRole(AriaRole.Link, new() { Name = "Your account" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Change your e-mail address" }).ClickAsync();
        await LookAsync(page, "Your e-mail address", "email");
        await page.GetByLabel("Password").FillAsync("not the password");
        await page.PressAsync("Send a link to this address");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await LookAsync(page, "Your e-mail address", "email-refused");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task A_second_factor_is_set_up_and_asked_for()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var page = await SignedInAsync(visitor, town);
        await page.GetByRole(AriaRole.Link, new() { Name = "Second factor" }).ClickAsync();
        await LookAsync(page, "Second factor", "second-factor-off");
        await page.GetByLabel("The code that it shows then").FillAsync("000");
        await page.GetByLabel("Password").FillAsync("demo-password-fan");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Is the clock of your phone right?");
        await LookAsync(page, "Second factor", "second-factor-refused");

        var link = await page.GetByRole(AriaRole.Link, new() { Name = "open it on this phone" }).GetAttributeAsync("href") ?? "";
        Assert.StartsWith("otpauth://totp/Rally%20127.0.0.1%3Afan?secret=", link, StringComparison.Ordinal);
        await page.GetByLabel("The code that it shows then").FillAsync(CodeNow(link));
        await page.GetByLabel("Password").FillAsync("demo-password-fan");
        await page.Keyboard.PressAsync("Enter");
        await LookAsync(page, "Your second factor is on", "second-factor-codes");
        var recovery = await page.Locator("main li code").First.TextContentAsync() ?? "";

        await using var others = await chromium.ComesAsync(Screen.Phone);
        var other = await others.OpenAsync(new Uri(town.Address, "account"));
        await other.SignInAsync("fan");
        await LookAsync(other, "Your code", "sign-in-code");
        await other.GetByLabel("Code of your authenticator app").FillAsync("000");
        await other.Keyboard.PressAsync("Enter");
        await Expect(other.GetByRole(AriaRole.Alert)).ToContainTextAsync("That code is not right");
        await LookAsync(other, "Your code", "sign-in-code-refused");
        await other.GetByLabel("Code of your authenticator app").FillAsync(recovery);
        await other.Keyboard.PressAsync("Enter");
        await Expect(other.Heading()).ToHaveTextAsync("Your account");
        await other.GetByRole(AriaRole.Link, new() { Name = "Second factor" }).ClickAsync();
        await LookAsync(other, "Second factor", "second-factor-on");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(visitor.Complaints);
        Assert.Empty(others.Complaints);
    }

    [Fact]
    public async Task Data_is_taken_along_and_the_account_deleted()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var page = await SignedInAsync(visitor, town);
        await page.GetByRole(AriaRole.Link, new() { Name = "Take your data along, or delete your account" }).ClickAsync();
        await LookAsync(page, "Leave", "leave");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download your data" }).ClickAsync());
        Assert.EndsWith(".json", download.SuggestedFilename, StringComparison.Ordinal);
        await page.GetByLabel("Type your user name, fan").FillAsync("somebody");
        await page.GetByLabel("Password").FillAsync("demo-password-fan");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not the user name");
        await LookAsync(page, "Leave", "leave-refused");
        await page.GetByLabel("Type your user name, fan").FillAsync("fan");
        await page.GetByLabel("Password").FillAsync("demo-password-fan");
        await page.Keyboard.PressAsync("Enter");
        await LookAsync(page, "Your account is deleted", "leave-done");
        await page.GotoAsync(new Uri(town.Address, "account").ToString());
        await Expect(page.Heading()).ToHaveTextAsync("Sign in");
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
        Assert.Empty(visitor.Complaints);
    }

    // What an app makes of the link, by the wall clock as the town's process has it.
    private static string CodeNow(string link)
    {
        var secret = link.Split("secret=")[1].Split('&')[0];
        var bits = string.Concat(secret.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        byte[] key = [.. bits.Chunk(8).Select(octet => Convert.ToByte(new string(octet), 2))];
        return Totp.Code(key, Totp.StepOf(TimeProvider.System.GetUtcNow()));
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
