using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Testing;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>The explorer's pages: for everybody, on both screens, with the keyboard alone, and nothing from elsewhere.</summary>
[Collection(nameof(Chromium))]
public sealed class ExplorerTests(Chromium chromium)
{
    [Fact]
    public async Task The_explorers_pages_are_accessible_and_need_nothing_from_elsewhere()
    {
        await using var town = await BusyTownAsync();
        await using var visitor = await chromium.ComesAsync();
        var inspection = new Inspection();
        async Task<IPage> LookAsync(string path, string heading, string name)
        {
            var page = await visitor.OpenAsync(new Uri(town.Address, path));
            await Expect(page.Heading()).ToHaveTextAsync(heading);
            await inspection.LookAsync(page, $"explorer-{name}");
            return page;
        }

        await LookAsync("explorer", "Coins", "coins");
        var coin = await LookAsync("explorer/coins/PTM", "Portemonnaie (PTM)", "coin");
        await LookAsync("explorer/coins/PTM/holders", "Holders of PTM", "holders");
        await LookAsync("explorer/coins/PTM/transfers", "Entries of PTM", "entries");
        await LookAsync("explorer/log", "Log", "log");
        var account = await coin.GetByRole(AriaRole.Link, new() { Name = "…" }).First.GetAttributeAsync("href");
        await LookAsync(account!, "Account", "account");
        var transfer = await coin.GetByRole(AriaRole.Link, new() { Name = "Position" }).First.GetAttributeAsync("href");
        await LookAsync(transfer!, (await coin.GetByRole(AriaRole.Link, new() { Name = "Position" }).First.TextContentAsync())!.Insert(0, "Transfer "), "transfer");
        await LookAsync("explorer/search?q=nothing", "Nothing was found", "nothing");
        Assert.True(inspection.Faults.Count == 0, string.Join('\n', inspection.Faults));
        Assert.Empty(visitor.ForeignLoads);
        Assert.Empty(visitor.Complaints);
        foreach (var response in visitor.Responses.Where(response => response.Request.ResourceType == "document"))
            Assert.StartsWith("default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'", (await response.AllHeadersAsync())["content-security-policy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_the_start_page_to_a_transfers_linked_entries_the_keyboard_is_enough()
    {
        await using var town = await BusyTownAsync();
        await using var visitor = await chromium.ComesAsync(Screen.Phone);
        var page = await visitor.OpenAsync(town.Address);

        await FollowAsync(page, "Coins and their log", "Coins");
        await FollowAsync(page, "LINE", "On a line (LINE)");
        await page.Keyboard.PressAsync("Shift+Tab");
        await TabToAsync(page, "Prices as a table");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Prices of LINE" })).ToBeVisibleAsync();
        await TabToAsync(page, "#", wholeText: false);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading()).ToContainTextAsync("Transfer #");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Committed as one" })).ToBeVisibleAsync();
        await FollowAsync(page, "Log", "Log");

        await page.GetByRole(AriaRole.Searchbox).FocusAsync();
        await page.Keyboard.TypeAsync("line");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync("On a line (LINE)");
    }

    /// <summary>A town in which a coin on a curve was bought, sold and sent, over several hours, and its figures are counted.</summary>
    private static async Task<Town> BusyTownAsync()
    {
        var town = await Town.BuildAsync();
        await MarketAsync(town);
        await Eventually.TrueAsync(async () =>
        {
            using var http = new HttpClient();
            return (await http.GetStringAsync(new Uri(town.Address, "explorer/coins/LINE"))).Contains("Prices as a table", StringComparison.Ordinal);
        }, "the trades are counted");
        return town;
    }

    private static async Task MarketAsync(Town town)
    {
        var creator = Guid.NewGuid();
        Assert.IsType<LaunchCoin.Result.Launched>(await town.Inside<LaunchCoin>().ExecuteAsync(new("LINE", "On a line", creator), default));
    }

    private static async Task FollowAsync(IPage page, string link, string heading)
    {
        await TabToAsync(page, link);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync(heading);
    }

    private static async Task TabToAsync(IPage page, string text, bool wholeText = true)
    {
        for (var presses = 0; presses < 40; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focused = await page.EvaluateAsync<string>("document.activeElement.textContent.trim()");
            if (wholeText ? focused != text : !focused.StartsWith(text, StringComparison.Ordinal))
                continue;
            Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
            return;
        }

        Assert.Fail($"Forty times Tab do not lead to “{text}”.");
    }
}
