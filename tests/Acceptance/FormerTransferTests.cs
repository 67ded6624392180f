using System.Net;
using System.Text;
using Rally.Bot.Demo;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Apps of the former Rally ask for transfers, and people agree to them on a page.</summary>
public sealed class FormerTransferTests
{
    [Theory, EachEngine]
    public async Task A_transfer_waits_for_its_sender_is_sent_once_and_the_app_is_told(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var asked = await site.InitiateAsync(new { fromRnbUserId = $"{site.Alice:N}", toRnbUserId = $"{site.Bob}", coinKind = "fix", amount = 2.5, inputType = "COINS", note = "for <you>", showNote = true, referenceData = "order 7" });
        var id = (string)asked.Body["transactionId"]!;
        Assert.Equal((HttpStatusCode.OK, "pending"), (asked.Status, await site.StatusOfAsync(id)));

        await site.Page.OpenAsync(new Uri(site.Address, "account/transfers"), default);
        await site.Page.FollowAsync("2.5 FIX", default);
        Assert.Equal((string)asked.Body["approvalUrl"]!, site.Page.Address.ToString());
        foreach (var words in new[] { "Former by The tests", "2.5 FIX", "bob", $"{site.Bob}", "None", "for <you>" })
            Assert.Contains(words, site.Page.Text, StringComparison.Ordinal);
        await site.Page.PressAsync("Send", Nothing, default);

        Assert.Contains("Sent", site.Page.Text, StringComparison.Ordinal);
        Assert.Equal("approved", await site.StatusOfAsync(id));
        Assert.Equal(["FIX 97.5"], await site.HoldsAsync());
        // As after a crash between the ledger's answer and the note of it.
        await site.SetStateAsync(id, "sending");
        Assert.Equal("pending", await site.StatusOfAsync(id));
        site.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(async () => await site.StatusOfAsync(id) == "approved", "the transfer is found posted");
        Assert.Equal(["FIX 97.5"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task What_was_agreed_to_is_sent_after_a_crash_before_the_ledger_was_asked(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var id = (string)(await site.InitiateAsync(site.Small())).Body["transactionId"]!;
        await site.SetStateAsync(id, "sending");

        site.Clock.Advance(TimeSpan.FromMinutes(2));

        await Eventually.TrueAsync(async () => await site.StatusOfAsync(id) == "approved", "the transfer is sent");
        Assert.Equal(["FIX 99"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task Who_refuses_or_is_late_keeps_their_coins(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var (refused, late) = (await site.InitiateAsync(site.Small()), await site.InitiateAsync(site.Small()));
        await site.Page.OpenAsync(new Uri((string)refused.Body["approvalUrl"]!), default);
        await site.Page.PressAsync("Refuse", Nothing, default);
        Assert.Equal("refused", await site.StatusOfAsync((string)refused.Body["transactionId"]!));

        await site.Page.OpenAsync(new Uri((string)late.Body["approvalUrl"]!), default);
        site.Clock.Jump(TimeSpan.FromMinutes(60));
        await site.RegisterAsync();
        Assert.Equal("expired", await site.StatusOfAsync((string)late.Body["transactionId"]!));
        await site.Page.PressAsync("Send", Nothing, default);

        Assert.Contains("Too late", site.Page.Text, StringComparison.Ordinal);
        Assert.Equal("expired", await site.StatusOfAsync((string)late.Body["transactionId"]!));
        Assert.Equal(["FIX 100"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task What_the_ledger_refuses_waits_on(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var asked = await site.InitiateAsync(new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = "100.000001" });
        await site.Page.OpenAsync(new Uri((string)asked.Body["approvalUrl"]!), default);

        await site.Page.PressAsync("Send", Nothing, default);

        Assert.Contains("The sender has 100 FIX.", site.Page.Text, StringComparison.Ordinal);
        Assert.Equal("pending", await site.StatusOfAsync((string)asked.Body["transactionId"]!));
    }

    [Fact]
    public async Task Dollars_are_counted_in_coins_rounded_down_and_a_donation_goes_to_the_creator()
    {
        await using var site = await FormerSite.StartAsync(Engine.Sqlite);
        await site.Get<IssueRly>().ExecuteAsync(site.Alice, Amount.Coins(50), "", default);

        var dollars = await site.InitiateAsync(new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "RLY", amount = 1, inputType = "USD" });
        var donation = await site.InitiateAsync(new { fromRnbUserId = site.Alice, coinKind = "GIFT", amount = 1 });

        // One dollar at 0.03 for one RLY.
        Assert.Equal("33.333333", (string?)(await site.SendAsync(HttpMethod.Get, $"/v1/transactions/{dollars.Body["transactionId"]}/status", null)).Body["amount"]);
        Assert.Equal($"{site.Bob}", (string?)(await site.SendAsync(HttpMethod.Get, $"/v1/transactions/{donation.Body["transactionId"]}/status", null)).Body["toRnbUserId"]);
        foreach (var (body, words) in new (object, string)[]
        {
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 1, inputType = "USD" }, "no price of FIX"),
            (new { fromRnbUserId = site.Alice, coinKind = "RLY", amount = 1 }, "no creator"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Alice, coinKind = "FIX", amount = 1 }, "the same"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 0 }, "above zero"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = "1e3" }, "plain decimal"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "NOPE", amount = 1 }, "NOPE"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 1, note = "a\nb" }, "one line"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = "bob", coinKind = "FIX", amount = 1 }, "toRnbUserId"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 1, inputType = "EUR" }, "COINS or USD"),
            (new { fromRnbUserId = site.Bob, toRnbUserId = site.Alice, coinKind = "FIX", amount = 1 }, "link the app"),
        })
        {
            var refused = await site.InitiateAsync(body);
            Assert.NotEqual(HttpStatusCode.OK, refused.Status);
            Assert.Contains(words, (string?)refused.Body["errorMessage"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Text_that_is_no_Unicode_is_refused()
    {
        await using var site = await FormerSite.StartAsync(Engine.Sqlite);
        foreach (var note in new byte[][] { [0xc3], [0xff, 0xfe], [.. "\\ud800"u8] })
        {
            using var body = new ByteArrayContent([.. Encoding.UTF8.GetBytes($$"""{"fromRnbUserId":"{{site.Alice}}","coinKind":"FIX","amount":1,"note":" """.TrimEnd()), .. note, .. "\"}"u8]);
            var refused = await site.InitiateAsync(body);
            Assert.Equal((HttpStatusCode.BadRequest, "'note' must be a string of Unicode."), (refused.Status, (string?)refused.Body["errorMessage"]));
        }
    }

    [Theory, EachEngine]
    public async Task Only_so_many_wait_and_nobody_sees_anothers(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var first = await site.InitiateAsync(site.Small());
        for (var i = 1; i < 20; i++)
            Assert.Equal(HttpStatusCode.OK, (await site.InitiateAsync(site.Small())).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await site.InitiateAsync(site.Small())).Status);
        site.Clock.Jump(TimeSpan.FromMinutes(61));
        await site.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, (await site.InitiateAsync(site.Small())).Status);

        using var other = new DemoBrowser();
        await FormerSite.SignInAsync(other, "bob", new Uri((string)first.Body["approvalUrl"]!));
        Assert.Contains("There is no such transfer", other.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.SendAsync(HttpMethod.Get, $"/v1/transactions/{Guid.NewGuid()}/status", null)).Status);
    }

    private static readonly Dictionary<string, string> Nothing = [];
}
