using System.Text;
using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using Rally.Ethereum.Tests;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>Linking accounts and a wallet, as a person does it in a browser, and what axe-core says of each page on the way.</summary>
[Collection(nameof(Chromium))]
public sealed class LinksTests(Chromium chromium)
{
    private readonly Inspection _inspection = new();

    [Fact]
    public async Task Accounts_are_linked_by_signing_in_elsewhere_moved_and_removed()
    {
        await using var town = await Town.BuildAsync();
        await using var fan = await chromium.ComesAsync(Screen.Phone);
        var page = await SignInAsync(fan, town, "fan");
        await LookAsync(page, "Linked accounts", "links-none");

        foreach (var (site, thing) in new[] { ("Discord", "Discord account"), ("Twitch", "Twitch account") })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = $"Link a {thing}" }).ClickAsync();
            await LookAsync(page, $"Link a {thing}", $"link-{site}");
            await page.PressAsync($"Continue to {site}");
            await LookAsync(page, $"{site} sandbox", $"sandbox-{site}");
            await page.PressAsync("ember");
            await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("It is linked now.");
        }

        await LookAsync(page, "Linked accounts", "links");

        await using var nova = await chromium.ComesAsync();
        var novas = await SignInAsync(nova, town, "nova");
        await novas.GetByRole(AriaRole.Link, new() { Name = "Link a Discord account" }).ClickAsync();
        await novas.PressAsync("Continue to Discord");
        await novas.PressAsync("ember");
        await Expect(novas.GetByRole(AriaRole.Status)).ToContainTextAsync("another Rally account");
        await LookAsync(novas, "Linked accounts", "links-asking");

        await page.ReloadAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("The Rally account nova has shown that the Discord account ember is theirs");
        await LookAsync(page, "Linked accounts", "links-asked");
        await page.PressAsync("Move it to nova");
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("It has moved to the other account.");
        await novas.ReloadAsync();
        await novas.PressAsync("Remove the Discord account ember");
        await Expect(novas.GetByRole(AriaRole.Status)).ToContainTextAsync("It is no longer linked.");

        await novas.GetByRole(AriaRole.Link, new() { Name = "Link a Twitch account" }).ClickAsync();
        await novas.PressAsync("Continue to Twitch");
        await novas.PressAsync("Cancel");
        await Expect(novas.GetByRole(AriaRole.Alert)).ToContainTextAsync("You declined there");
        await LookAsync(novas, "Link a Twitch account", "link-declined");
        Assert.Equal("", string.Join('\n', fan.Complaints.Concat(nova.Complaints).Concat(fan.ForeignLoads).Concat(nova.ForeignLoads)));
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }

    [Fact]
    public async Task A_wallet_is_linked_by_hand()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var wallet = new TestWallet(new string('c', 64));
        var page = await SignInAsync(visitor, town, "fan");

        await page.GetByRole(AriaRole.Link, new() { Name = "Link a wallet" }).ClickAsync();
        await LookAsync(page, "Link a wallet", "wallet");
        await page.GetByLabel("The wallet's address").FillAsync("0x1");
        await page.PressAsync("Go on");
        await LookAsync(page, "Link a wallet", "wallet-refused");
        await page.GetByLabel("The wallet's address").FillAsync(wallet.Address.Text);
        await page.PressAsync("Go on");
        await LookAsync(page, "Sign with your wallet", "wallet-sign");
        await page.GetByLabel("Signature").FillAsync(wallet.Sign(await page.GetByLabel("Message").InputValueAsync()));
        await page.PressAsync("Link wallet");

        await Expect(page.Locator("main")).ToContainTextAsync($"Ethereum: {wallet.Address.Text}");
        await LookAsync(page, "Linked accounts", "links-wallet");
        Assert.Equal("", string.Join('\n', visitor.Complaints.Concat(visitor.ForeignLoads)));
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }

    [Fact]
    public async Task A_wallet_in_the_browser_spares_the_typing()
    {
        await using var town = await Town.BuildAsync();
        await using var visitor = await chromium.ComesAsync();
        var wallet = new TestWallet(new string('d', 64));
        var page = await SignInAsync(visitor, town, "fan");
        var declines = true;
        await page.ExposeFunctionAsync<string, string>("signWithWallet", data =>
            declines ? throw new InvalidOperationException() : wallet.Sign(Encoding.UTF8.GetString(Convert.FromHexString(data[2..]))));
        await page.AddInitScriptAsync($$"""
            window.ethereum = {
              request: async ({ method, params }) => {
                if (method === 'eth_requestAccounts') return ['{{wallet.Address.Key}}'];
                if (method !== 'personal_sign' || params[1] !== '{{wallet.Address.Text}}') throw new Error('unexpected');
                try { return await signWithWallet(params[0]); } catch { throw { code: 4001 }; }
              },
            };
            """);

        await page.GetByRole(AriaRole.Link, new() { Name = "Link a wallet" }).ClickAsync();
        await LookAsync(page, "Link a wallet", "wallet-browser");
        await page.PressAsync("Use this browser's wallet");
        await page.PressAsync("Sign with this browser's wallet");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The wallet was told not to.");
        await LookAsync(page, "Sign with your wallet", "wallet-browser-declined");
        declines = false;
        await page.PressAsync("Sign with this browser's wallet");

        await Expect(page.Locator("main")).ToContainTextAsync($"Ethereum: {wallet.Address.Text}");
        Assert.Equal("", string.Join('\n', visitor.Complaints.Concat(visitor.ForeignLoads)));
        Assert.True(_inspection.Faults.Count == 0, string.Join('\n', _inspection.Faults));
    }

    private static async Task<IPage> SignInAsync(Visitor visitor, Town town, string name)
    {
        var page = await visitor.OpenAsync(new Uri(town.Address, "account/links"));
        await page.SignInAsync(name);
        await Expect(page.Heading()).ToHaveTextAsync("Linked accounts");
        return page;
    }

    private async Task LookAsync(IPage page, string heading, string name)
    {
        await Expect(page.Heading()).ToHaveTextAsync(heading);
        await _inspection.LookAsync(page, name);
    }
}
