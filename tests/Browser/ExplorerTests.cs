using Microsoft.Playwright;
using Rally.Acceptance.Tests;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>The explorer's pages: for everybody, on both screens, with the keyboard alone, and nothing from elsewhere.</summary>
[Collection(nameof(Chromium))]
public sealed class ExplorerTests(Chromium chromium)
{
    [Fact]
    public async Task The_explorers_pages_are_accessible_and_need_nothing_from_elsewhere()
    {
        await using var site = await ExplorerSite.OpenAsync();
        await using var visitor = await chromium.ComesAsync();
        var inspection = new Inspection();
        foreach (var (path, heading, name) in new[]
        {
            ("explorer", "Coins", "coins"),
            ("explorer/coins/LINE", "Lina & the Lines (LINE)", "coin"),
            ("explorer/coins/PTM", "Portemonnaie (PTM)", "coin-fixed"),
            ("explorer/coins/LINE/holders", "Holders of LINE", "holders"),
            ("explorer/coins/LINE/transfers?before=300", "Entries of LINE", "entries"),
            ("explorer/log", "Log", "log"),
            ("explorer/blocks", "Blocks", "blocks"),
            ("explorer/blocks/1", "Block 1", "block"),
            ($"explorer/accounts/{site.Creator}", "Account", "account"),
            ($"explorer/transfers/{site.Conversion}", "Transfer #", "transfer"),
            ("explorer/search?q=nothing", "Nothing was found", "nothing"),
            ("explorer/log?before=x", "There is no such page", "no-page"),
            ("explorer/coins/RLY/holders", "Holders of RLY are not listed", "rly-holders"),
        })
        {
            var page = await visitor.OpenAsync(new Uri(site.Address, path));
            await Expect(page.Heading()).ToContainTextAsync(heading);
            if (name == "coin")
                await page.GetByText("Prices as a table").ClickAsync();
            await inspection.LookAsync(page, $"explorer-{name}");
        }

        Assert.True(inspection.Faults.Count == 0, string.Join('\n', inspection.Faults));
        Assert.Empty(visitor.ForeignLoads);
        Assert.Empty(visitor.Complaints);
        foreach (var response in visitor.Responses.Where(response => response.Request.ResourceType == "document"))
        {
            Assert.StartsWith(
                "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
                (await response.AllHeadersAsync())["content-security-policy"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task From_the_start_page_to_the_entries_of_a_purchase_the_keyboard_is_enough()
    {
        await using var town = await Town.BuildAsync();
        var fan = Guid.NewGuid();
        Assert.IsType<LaunchCoin.Result.Launched>(await town.Inside<LaunchCoin>().ExecuteAsync(new("LINE", "On a line", Guid.NewGuid()), default));
        await town.Inside<IssueRly>().ExecuteAsync(fan, Amount.Coins(100), "", default);
        Assert.IsType<PostResult.Posted>(await town.Inside<LedgerWriter>().SubmitAsync(
            new BuyCommand(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), fan, "LINE", TradeSize.Rly(Amount.Coins(10)), null), default));
        await Testing.Eventually.TrueAsync(async () =>
        {
            using var http = new HttpClient();
            return (await http.GetStringAsync(new Uri(town.Address, "explorer/coins/LINE"))).Contains("Prices as a table", StringComparison.Ordinal);
        }, "the purchase is counted");
        await using var visitor = await chromium.ComesAsync(Screen.Phone);
        var page = await visitor.OpenAsync(town.Address);

        await FollowAsync(page, "Coins and their log", "Coins");
        await FollowAsync(page, "LINE", "On a line (LINE)");
        await TabToAsync(page, "Prices as a table");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Prices of LINE" })).ToBeVisibleAsync();
        await TabToAsync(page, "#");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading()).ToContainTextAsync("Transfer #");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Committed as one" })).ToBeVisibleAsync();
        await FollowAsync(page, "Log", "Log");

        await TabToAsync(page, "");
        await page.Keyboard.TypeAsync("line");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync("On a line (LINE)");
        Assert.Empty(visitor.ForeignLoads);
        Assert.Empty(visitor.Complaints);
    }

    private static async Task FollowAsync(IPage page, string link, string heading)
    {
        await TabToAsync(page, link);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Heading()).ToHaveTextAsync(heading);
    }

    /// <summary>Presses Tab until what has the focus, and shows it, begins with these words; a field has none.</summary>
    private static async Task TabToAsync(IPage page, string words)
    {
        for (var presses = 0; presses < 40; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focused = await page.EvaluateAsync<string>("document.activeElement.textContent.trim()");
            if (words.Length == 0 ? focused.Length > 0 : !focused.StartsWith(words, StringComparison.Ordinal))
                continue;
            Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
            return;
        }

        Assert.Fail($"Forty times Tab do not lead to “{words}”.");
    }
}
