using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

[Collection(nameof(Chromium))]
public sealed class StoryTests(Chromium chromium)
{
    public static TheoryData<Screen> Screens => [Screen.Desktop, Screen.Phone];

    [Theory, MemberData(nameof(Screens))]
    public async Task A_fan_links_receives_the_coin_gets_the_role_and_loses_it_all_by_hand(Screen screen)
    {
        await using var town = await Town.BuildAsync();
        await town.LinkAsync(town.Creator, "portemonnaie");
        await using var visitor = await chromium.ComesAsync(screen);
        var sandbox = await SandboxPage.OpenAsync(visitor, town.Sandbox.Page, "portemonnaie");
        await sandbox.Page.EvaluateAsync("window.sameDocument = true");

        await sandbox.TypeCommandAsync("rally setup");
        await sandbox.Option("symbol").PressSequentiallyAsync("port");
        await sandbox.Page.GetByRole(AriaRole.Option, new() { Name = "PTM · Portemonnaie" }).ClickAsync();
        await Expect(sandbox.Option("symbol")).ToHaveValueAsync("PTM");
        await sandbox.SendAsync("This server's coin is now PTM");

        await sandbox.TypeCommandAsync("tier add");
        await sandbox.PickAsync("role", "Gold");
        await sandbox.FillAsync("enter", "50");
        await sandbox.FillAsync("leave", "45");
        await sandbox.SendAsync("@Gold is given for: 50 PTM to get it, 45 PTM to keep it.");

        await sandbox.ActAsAsync("fan");
        await sandbox.HideSidesAsync();
        await sandbox.TypeCommandAsync("coin join");
        await sandbox.SendAsync("Only you can see this");
        await LinkByHandAsync(sandbox);

        await sandbox.ActAsAsync("portemonnaie");
        await sandbox.HideSidesAsync();
        await sandbox.TypeCommandAsync("coin send");
        await sandbox.PickAsync("member", "fan");
        await sandbox.FillAsync("amount", "60");
        await sandbox.SendAsync("Send 60 PTM to @fan?");
        await ConfirmAsync(sandbox, "@portemonnaie sent 60 PTM to @fan.");
        await sandbox.ShowSideAsync("Members");
        await Expect(sandbox.UnderRole("Gold", "fan")).ToBeVisibleAsync();
        await sandbox.HideSidesAsync();

        await sandbox.ActAsAsync("fan");
        await sandbox.HideSidesAsync();
        await sandbox.TypeCommandAsync("coin send");
        await sandbox.PickAsync("member", "portemonnaie");
        await sandbox.FillAsync("amount", "20");
        await sandbox.SendAsync("Send 20 PTM to @portemonnaie?");
        await ConfirmAsync(sandbox, "@fan sent 20 PTM to @portemonnaie.");
        await sandbox.ShowSideAsync("Members");
        await Expect(sandbox.UnderRole("Gold", "fan")).ToHaveCountAsync(0);
        await sandbox.HideSidesAsync();

        await sandbox.TypeCommandAsync("tier why");
        await sandbox.SendAsync("40 is not enough to get it.");
        await Expect(sandbox.LastMessage).ToContainTextAsync("given @Gold: held 60 PTM (rule 50 / 45)");
        await Expect(sandbox.LastMessage).ToContainTextAsync("taken @Gold: held 40 PTM (rule 50 / 45)");
        Assert.True(await sandbox.Page.EvaluateAsync<bool>("window.sameDocument"), "the sandbox's page was loaded again");
        Assert.Empty(visitor.Complaints);
    }

    private static async Task ConfirmAsync(SandboxPage sandbox, string told)
    {
        await sandbox.LastMessage.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(sandbox.LastMessage).ToContainTextAsync(told);
    }

    /// <summary>From the button below the reply to the page that says what is linked.</summary>
    private static async Task LinkByHandAsync(SandboxPage sandbox)
    {
        var link = await sandbox.Page.RunAndWaitForPopupAsync(() =>
            sandbox.LastMessage.GetByRole(AriaRole.Link, new() { Name = "Link my Rally account" }).ClickAsync());
        var body = link.Locator("body");
        await Expect(body).ToContainTextAsync("You are about to link the Discord account");
        await Expect(body).ToContainTextAsync("fan");
        await link.PressAsync("Continue to Rally");

        await Expect(link.Heading()).ToHaveTextAsync("Sign in");
        await link.SignInAsync("fan");

        await Expect(link.Heading()).ToHaveTextAsync("Allow Rally Bot?");
        await Expect(body).ToContainTextAsync("Rally Bot by this installation's operator");
        await Expect(body).ToContainTextAsync("Rally Bot will link your Rally account fan to the Discord account fan (");
        await Expect(body).ToContainTextAsync("Send your coins to others, and take or decline coins that wait for you, without asking you each time");
        await link.PressAsync("Allow");

        await Expect(link.Heading()).ToHaveTextAsync("Linked");
        await Expect(body).ToContainTextAsync("The Discord account fan is now linked to the Rally account fan.");
        await link.CloseAsync();
    }
}
