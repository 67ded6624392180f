using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Rally.Auth.Spending;
using Rally.Ledger.Transfers;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Transfers of the former Rally's apps that pass at once, because their sender lets the app spend so much.</summary>
public sealed class FormerSpendingTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory, EachEngine]
    public async Task What_the_sender_lets_the_app_spend_passes_at_once_and_the_rest_waits(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        Assert.Equal("pending", StatusOf(await site.InitiateAsync(Transfer(site, "1"))));
        await site.AllowAsync("profile transfers:send", Limit("FIX", "2.5"));

        var passed = await site.InitiateAsync(Transfer(site, "2"));
        Assert.Equal((HttpStatusCode.OK, "approved"), (passed.Status, StatusOf(passed)));
        Assert.Equal("approved", await site.StatusOfAsync(IdOf(passed)));
        Assert.Equal(["FIX 98"], await site.HoldsAsync());
        await site.Page.OpenAsync(new Uri((string)passed.Body["approvalUrl"]!), default);
        Assert.Contains("Former by The tests asked for this transfer", site.Page.Text, StringComparison.Ordinal);
        await site.Page.OpenAsync(new Uri(site.Address, "account/apps?client_id=former"), default);
        Assert.Contains($"to {site.Bob}, transfer {TransferOf(passed)}", site.Page.Text, StringComparison.Ordinal);

        var over = await site.InitiateAsync(Transfer(site, "0.500001"));
        Assert.Equal("pending", await site.StatusOfAsync(IdOf(over)));
        Assert.Equal("pending", StatusOf(await site.InitiateAsync(new { fromRnbUserId = site.Alice, coinKind = "GIFT", amount = 1 })));
        await site.Page.OpenAsync(new Uri((string)over.Body["approvalUrl"]!), default);
        await site.Page.PressAsync("Send", Nothing, default);
        Assert.Equal("approved", await site.StatusOfAsync(IdOf(over)));
        // What she agrees to herself takes nothing from the limit.
        Assert.Equal("approved", StatusOf(await site.InitiateAsync(Transfer(site, "0.5"))));
        Assert.Equal("pending", StatusOf(await site.InitiateAsync(Transfer(site, "0.000001"))));
        Assert.Equal(["FIX 96.999999"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task What_the_ledger_refuses_is_told_at_once_and_gives_the_room_back(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        await site.AllowAsync("profile transfers:send", Limit("FIX", "150"));

        var refused = await site.InitiateAsync(Transfer(site, "150"));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:rally:not-sent"), (refused.Status, (string?)refused.Body["type"]));
        Assert.Contains("The sender has 100 FIX.", (string?)refused.Body["errorMessage"], StringComparison.Ordinal);
        Assert.Equal("approved", StatusOf(await site.InitiateAsync(Transfer(site, "99"))));
        Assert.Equal(["FIX 1"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task A_token_that_a_person_gave_sends_only_when_it_says_so(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var sends = await site.AllowAsync("profile transfers:send", Limit("FIX", "10"));
        var looks = await site.AllowAsync("profile");

        site.Use(looks);
        Assert.Equal("pending", StatusOf(await site.InitiateAsync(Transfer(site, "1"))));
        site.Use(sends);
        Assert.Equal("approved", StatusOf(await site.InitiateAsync(Transfer(site, "1"))));
    }

    [Theory, EachEngine]
    public async Task A_crash_after_the_ledgers_answer_sends_and_counts_once(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        await site.AllowAsync("profile transfers:send", Limit("FIX", "2.5"));
        var passed = await site.InitiateAsync(Transfer(site, "2"));
        await site.SetStateAsync(IdOf(passed), "passing");
        await ExecuteAsync(site, "UPDATE auth_spending SET state = 'open', attempts = 1", new { });
        Assert.Equal("pending", await site.StatusOfAsync(IdOf(passed)));

        site.Clock.Advance(TimeSpan.FromMinutes(2));

        await Eventually.TrueAsync(async () => await site.StatusOfAsync(IdOf(passed)) == "approved", "the transfer is found posted");
        Assert.Equal(["FIX 98"], await site.HoldsAsync());
        Assert.Equal("done", await StateOfSpendAsync(site, passed));
        Assert.Equal("pending", StatusOf(await site.InitiateAsync(Transfer(site, "0.500001"))));
        Assert.Equal("approved", StatusOf(await site.InitiateAsync(Transfer(site, "0.5"))));
    }

    [Theory, EachEngine]
    public async Task A_spend_whose_outcome_nobody_told_is_found_in_the_ledger(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        await site.AllowAsync("profile transfers:send", Limit("FIX", "2.5"));
        var passed = await site.InitiateAsync(Transfer(site, "2"));
        // The request's own state is known, so nobody sends it again.
        await ExecuteAsync(site, "UPDATE auth_spending SET state = 'open', attempts = 1", new { });

        site.Clock.Advance(TimeSpan.FromMinutes(6));

        await Eventually.TrueAsync(async () => await StateOfSpendAsync(site, passed) == "done", "the ledger is asked by the transfer's id");
    }

    [Theory, EachEngine]
    public async Task A_crash_before_the_ledger_was_asked_is_made_good_within_the_limit(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var begun = await site.InitiateAsync(Transfer(site, "2"));
        await site.AllowAsync("profile transfers:send", Limit("FIX", "2.5"));
        await site.Get<SpendingLimits>().ReserveAsync(site.Alice, "former", [new(TransferOf(begun), "FIX", 2_000_000, site.Bob)]);
        await site.SetStateAsync(IdOf(begun), "passing");

        site.Clock.Advance(TimeSpan.FromMinutes(2));

        await Eventually.TrueAsync(async () => await site.StatusOfAsync(IdOf(begun)) == "approved", "the transfer is sent");
        Assert.Equal(["FIX 98"], await site.HoldsAsync());
        await Eventually.TrueAsync(async () => await StateOfSpendAsync(site, begun) == "done", "the spend is counted");
        Assert.Equal("pending", StatusOf(await site.InitiateAsync(Transfer(site, "0.500001"))));
    }

    [Theory, EachEngine]
    public async Task What_a_crash_left_and_no_longer_fits_waits_for_its_sender(Engine engine)
    {
        await using var site = await FormerSite.StartAsync(engine);
        var begun = await site.InitiateAsync(Transfer(site, "2"));
        await site.AllowAsync("profile transfers:send", Limit("FIX", "2.5"));
        await site.Get<SpendingLimits>().ReserveAsync(site.Alice, "former", [new(TransferOf(begun), "FIX", 2_000_000, site.Bob)]);
        // Long enough ago that its room was given to another.
        await ExecuteAsync(site, "UPDATE auth_spending SET state = 'lapsed', attempts = 0", new { });
        Assert.Equal("approved", StatusOf(await site.InitiateAsync(Transfer(site, "1"))));
        await site.SetStateAsync(IdOf(begun), "passing");

        site.Clock.Advance(TimeSpan.FromMinutes(2));

        await Eventually.TrueAsync(
            async () => await site.Get<Database>().ReadAsync(connection => connection.ExecuteScalarAsync<string>(
                "SELECT state FROM auth_transfer_request WHERE id = @id", new { id = Guid.Parse(IdOf(begun)) })) == "waiting",
            "its sender is asked");
        Assert.Equal(["FIX 99"], await site.HoldsAsync());
        await site.Page.OpenAsync(new Uri((string)begun.Body["approvalUrl"]!), default);
        await site.Page.PressAsync("Send", Nothing, default);
        Assert.Equal(["FIX 97"], await site.HoldsAsync());
    }

    private static object Transfer(FormerSite site, string amount) =>
        new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount };

    private static string Limit(string coin, string amount) =>
        $$"""[{"type":"spending_limit","coin":"{{coin}}","per_day":"{{amount}}","in_all":"{{amount}}"}]""";

    private static string? StatusOf((HttpStatusCode Status, JsonNode Body) answer) => (string?)answer.Body["status"];

    private static string IdOf((HttpStatusCode Status, JsonNode Body) answer) => (string)answer.Body["transactionId"]!;

    private static Guid TransferOf((HttpStatusCode Status, JsonNode Body) answer) => RequestedTransfers.TransferIdOf(Guid.Parse(IdOf(answer)));

    private static Task<string?> StateOfSpendAsync(FormerSite site, (HttpStatusCode Status, JsonNode Body) answer) =>
        site.Get<Database>().ReadAsync(connection => connection.ExecuteScalarAsync<string>(
            "SELECT state FROM auth_spending WHERE transfer_id = @id", new { id = TransferOf(answer) }));

    private static Task ExecuteAsync(FormerSite site, string sql, object values) =>
        site.Get<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, values, transaction));
}
