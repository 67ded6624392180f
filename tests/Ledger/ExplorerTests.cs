using System.Net;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Explorer;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What the explorer's pages say, and what they do not.</summary>
public sealed class ExplorerTests
{
    [Theory, EachEngine]
    public async Task Pages_show_the_public_log_and_neither_notes_nor_balances(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var (creator, fan) = (Guid.NewGuid(), Guid.NewGuid());
        await api.Inside<LaunchCoin>().ExecuteAsync(new("LIN", "<b>On a \"line\"</b>", creator), default);
        await api.Inside<IssueRly>().ExecuteAsync(fan, Amount.Coins(1_234), "a secret", default);
        var bought = Assert.IsType<PostResult.Posted>(await api.Writer.SubmitAsync(
            new BuyCommand(Guid.CreateVersion7(DateTimeOffset.UnixEpoch), fan, "LIN", TradeSize.Coins(Amount.Coins(1_500)), null), default));
        await api.FollowedAsync();
        var left = bought.Entries[0].DebitBalance;

        foreach (var path in new[]
        {
            "/explorer", "/explorer/coins/lin", "/explorer/coins/LIN/holders", "/explorer/coins/LIN/transfers", "/explorer/log", "/explorer/coins/RLY",
            $"/explorer/accounts/{fan}", $"/explorer/accounts/{creator:N}", $"/explorer/transfers/{bought.Entries[1].Order.Id}",
        })
        {
            var page = await api.PageAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.DoesNotContain("a secret", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(Show.Number(left), page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", page.Text, StringComparison.Ordinal);
        }

        var coin = (await api.PageAsync("/explorer/coins/LIN")).Text;
        Assert.Contains("&lt;b&gt;On a &quot;line&quot;&lt;/b&gt; (LIN)", coin, StringComparison.Ordinal);
        Assert.Contains("from 0.01 RLY for the first coin to 21 RLY once all 16,000,000 are sold", coin, StringComparison.Ordinal);
        Assert.Contains("<svg", coin, StringComparison.Ordinal);
        Assert.Contains("5,000,000 LIN, without backing: 50,000 from the start, then 3 % of it every 30 days, as long as that is at most 30 %", coin, StringComparison.Ordinal);
        var transfer = (await api.PageAsync($"/explorer/transfers/{bought.Entries[1].Order.Id}")).Text;
        Assert.Contains("Committed as one", transfer, StringComparison.Ordinal);
        Assert.Contains("LIN&#x27;s reserve", transfer, StringComparison.Ordinal);
        Assert.Contains("LIN&#x27;s mint", transfer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_paged_by_position()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var orders = Enumerable.Range(0, 70).Select(_ => new PostCommand(new TransferOrder(
            Guid.CreateVersion7(DateTimeOffset.UnixEpoch), AccountKey.Of(creator, "PTM"), AccountKey.Of(Guid.NewGuid(), "PTM"), Amount.Coins(1), TransferKind.Transfer)));
        await api.Writer.SubmitAsync([.. orders], default);

        var newest = (await api.PageAsync("/explorer/log")).Text;
        var oldest = (await api.PageAsync("/explorer/log?before=22")).Text;

        Assert.True(newest.Contains("#71<", StringComparison.Ordinal) && newest.Contains("#22<", StringComparison.Ordinal) && !newest.Contains("#21<", StringComparison.Ordinal));
        Assert.Contains("/explorer/log?before=22\">Older", newest, StringComparison.Ordinal);
        Assert.True(oldest.Contains("#21<", StringComparison.Ordinal) && oldest.Contains("#1<", StringComparison.Ordinal) && !oldest.Contains("#22<", StringComparison.Ordinal));
        Assert.Contains(">Newest<", oldest, StringComparison.Ordinal);
        Assert.DoesNotContain(">Older<", oldest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Searching_leads_to_coins_accounts_transfers_and_positions()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var launch = (await api.Inside<ITransferFeed>().ReadAsync(0, 1, default))[0].Id;

        Assert.Equal("/explorer/coins/PTM", (await api.PageAsync("/explorer/search?q=ptm")).Location);
        Assert.Equal($"/explorer/accounts/{creator}", (await api.PageAsync($"/explorer/search?q=+{creator:N}")).Location);
        Assert.Equal($"/explorer/transfers/{launch}", (await api.PageAsync($"/explorer/search?q={launch}")).Location);
        Assert.Equal("/explorer/log?before=2", (await api.PageAsync("/explorer/search?q=%231")).Location);
        var nothing = await api.PageAsync("/explorer/search?q=%3Ci%3E");
        Assert.Equal(HttpStatusCode.NotFound, nothing.Status);
        Assert.Contains("“&lt;i&gt;” is no coin", nothing.Text.Replace("&#x201C;", "“").Replace("&#x201D;", "”"), StringComparison.Ordinal);
        foreach (var path in new[] { "coins/RLY/holders", "coins/NONE", "coins/NONE/holders", "coins/NONE/transfers", "transfers/x", $"transfers/{Guid.NewGuid()}", "accounts/x", $"accounts/{Guid.NewGuid()}" })
            Assert.Equal(HttpStatusCode.NotFound, (await api.PageAsync($"/explorer/{path}")).Status);
    }

    [Theory]
    [InlineData(0, "0"), InlineData(1_234_567_890_000, "1,234,567.89"), InlineData(-1_234_000_000, "-1,234"), InlineData(-500_000, "-0.5"), InlineData(999_999_999, "999.999999")]
    [InlineData(long.MaxValue, "9,223,372,036,854.775807"), InlineData(long.MinValue, "-9,223,372,036,854.775808")]
    public void Numbers_have_groups_of_three(long minorUnits, string shown) => Assert.Equal(shown, Show.Number(new Amount(minorUnits)));

    [Fact]
    public void Terms_read_as_sentences()
    {
        var controlled = new Coin("LIN", "On a line", Guid.NewGuid(), Amount.Zero, DateTimeOffset.UnixEpoch)
        {
            Curve = "linear",
            Terms = CoinTerms.None with { FlowBasisPoints = 250, LargestPurchase = Amount.Coins(1_000), BetweenPurchases = TimeSpan.FromMinutes(90), PurchaseControlFor = TimeSpan.FromDays(1) },
        };

        var sentences = TermsInWords.Of(controlled).ToList();

        Assert.Contains("A holder may sell and send at most 2.5 % of what circulates at once. What was used grows back evenly over 30 days, so up to 5 % can leave within 30 days. What is sent to the creator does not count.", sentences);
        Assert.Contains("For 1 day after the launch, one purchase is at most 1,000 LIN and a buyer waits 1 hour 30 minutes between purchases.", sentences);
        Assert.Contains("It was launched on 1 Jan 1970 00:00 UTC.", sentences);
    }

    [Theory, EachEngine]
    public async Task Coins_are_paged_by_symbol(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        for (var i = 100; i < 203; i++)
            await api.LaunchAsync($"C{i}", 1);

        var first = (await api.PageAsync("/explorer")).Text;
        var second = (await api.PageAsync("/explorer?after=C199")).Text;

        Assert.Contains("Circulating", first, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/explorer?after=C199\">Next</a>", first, StringComparison.Ordinal);
        Assert.True(first.Contains(">C199<", StringComparison.Ordinal) && !first.Contains(">C200<", StringComparison.Ordinal));
        Assert.True(second.Contains(">C200<", StringComparison.Ordinal) && second.Contains(">C202<", StringComparison.Ordinal) && !second.Contains(">C199<", StringComparison.Ordinal));
        Assert.Contains("<a href=\"/explorer\">First</a>", second, StringComparison.Ordinal);
        Assert.DoesNotContain(">Next<", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_a_page_that_cannot_be_is_a_bad_request()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        var creator = await api.LaunchAsync("PTM", 1_000);

        foreach (var path in new[]
        {
            "?after=not-a-symbol", "/coins/PTM/holders?after=x", "/coins/PTM/transfers?before=x", $"/accounts/{creator}?before=0", "/log?before=-1",
            "/log?before=99999999999999999999", "/blocks?before=x",
        })
        {
            var page = await api.PageAsync("/explorer" + path);
            Assert.Equal((HttpStatusCode.BadRequest, true), (page.Status, page.Text.Contains("<h1>There is no such page</h1>", StringComparison.Ordinal)));
        }
    }

    [Theory, EachEngine]
    public async Task Who_holds_RLY_is_listed_neither_on_a_page_nor_in_the_API(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var fan = await api.FanWithRlyAsync(10);

        var page = await api.PageAsync("/explorer/coins/RLY/holders");
        var answer = await api.GetAsync("/api/coins/rly/holders");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (page.Status, answer.Status));
        Assert.Equal("urn:rally:holders-not-listed", answer.Type);
        Assert.Contains("Holders of RLY are not listed", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(fan.ToString(), answer.Body!.ToJsonString(), StringComparison.Ordinal);
    }
}
