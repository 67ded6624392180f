using System.Net;
using System.Text.Json.Nodes;
using Rally.Auth.Accounts;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>An app that people let spend within limits, on the network's API.</summary>
public sealed class SpendingTests
{
    private const string Over = "urn:rally:over-spending-limit";

    [Theory, EachEngine]
    public async Task An_app_sends_and_trades_within_what_a_person_allows(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine);
        var (sender, friend) = (await AccountOfAsync(town, "portemonnaie"), await AccountOfAsync(town, "fan"));
        await town.Inside<LaunchCoin>().ExecuteAsync(new("CRV", "Curve", sender), default);
        await town.Inside<IssueRly>().ExecuteAsync(sender, Amount.Coins(1_000), "", default);
        using var app = await SpendingApp.RegisterAsync(town);
        var token = await app.TokenOfAsync("portemonnaie",
            """[{"type":"spending_limit","coin":"PTM","per_day":"50","in_all":"1000"},{"type":"spending_limit","coin":"RLY","per_day":"10","in_all":"10"},{"type":"spending_limit","coin":"CRV","per_day":"5","in_all":"5"}]""");
        var friendsToken = await app.TokenOfAsync("fan", """[{"type":"spending_limit","coin":"PTM","per_day":"1","in_all":"1"}]""");

        // The same twice counts once.
        var first = Transfer(sender, friend, "PTM", "20");
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("transfers", first, token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.PostAsync("transfers", first, token)).Status);
        var over = await app.PostAsync("transfers", Transfer(sender, friend, "ptm", "30.000001"), token);
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, Over, "PTM", "day", "50", "30"),
            (over.Status, (string?)over.Body["type"], (string?)over.Body["coin"], (string?)over.Body["limit"], (string?)over.Body["allowed"], (string?)over.Body["remaining"]));
        Assert.Equal(("none", "0"), await LimitHitAsync(app.PostAsync("transfers", Transfer(sender, friend, "KSK", "1"), token)));

        // What the ledger refuses gives its room back.
        var toItself = await app.PostAsync("transfers", Transfer(sender, sender, "PTM", "30"), token);
        Assert.Equal("urn:rally:same-account", (string?)toItself.Body["type"]);

        // Linked ones count together.
        JsonObject Linked(params string[] amounts) => new() { ["transfers"] = new JsonArray([.. amounts.Select(amount => Transfer(sender, friend, "PTM", amount))]) };
        Assert.Equal(("day", "30"), await LimitHitAsync(app.PostAsync("transfers/linked", Linked("20", "11"), token)));
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("transfers/linked", Linked("5", "5"), token)).Status);

        // What is held counts at once, and comes back when it is declined.
        var pending = Transfer(sender, friend, "PTM", "20");
        pending["expiresAt"] = TimeProvider.System.GetUtcNow().AddHours(1).ToString("O");
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("transfers", pending, token)).Status);
        Assert.Equal(("day", "0"), await LimitHitAsync(app.PostAsync("transfers", Transfer(sender, friend, "PTM", "1"), token)));
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync($"transfers/{pending["id"]}/void", new() { ["id"] = NewId() }, friendsToken)).Status);
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("transfers", Transfer(sender, friend, "PTM", "20"), token)).Status);
        Assert.Equal(("day", "0"), await LimitHitAsync(app.PostAsync("transfers", Transfer(sender, friend, "PTM", "0.000001"), token)));

        // Of a trade, the coin that leaves counts: as much as it came to.
        Assert.Equal("urn:rally:bound-needed", (string?)(await app.PostAsync("trades", Trade(sender, "buy", coins: "100"), token)).Body["type"]);
        Assert.Equal(("day", "10"), await LimitHitAsync(app.PostAsync("trades", Trade(sender, "buy", rly: "10.000001"), token)));
        var bought = await app.PostAsync("trades", Trade(sender, "buy", coins: "100", bound: "10"), token);
        Assert.Equal(HttpStatusCode.Created, bought.Status);
        var left = 10m - decimal.Parse((string)bought.Body["rly"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(("day", left.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture)), await LimitHitAsync(app.PostAsync("trades", Trade(sender, "buy", rly: "10"), token)));
        Assert.Equal(HttpStatusCode.Created, (await app.PostAsync("trades", Trade(sender, "sell", coins: "4"), token)).Status);
        Assert.Equal(("day", "1"), await LimitHitAsync(app.PostAsync("trades", Trade(sender, "sell", coins: "2"), token)));
    }

    [Theory, EachEngine]
    public async Task The_bot_sends_within_what_it_asked_for(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine, settings: [("Network:SendLimitPerDay", "30"), ("Network:SendLimitInAll", "40")]);
        await town.LinkAsync(town.Creator, "portemonnaie");
        await town.LinkAsync(town.Fan, "fan");
        await town.SaysAsync(town.Creator, "rally", "setup", "PTM", ("symbol", "PTM"));

        await town.SendAsync(town.Creator, town.Fan, "20");
        await town.SaysAsync(
            town.Creator, "coin", "send", "lets this app spend 30 PTM in 24 hours; 10 is left now.", ("member", $"{town.Fan}"), ("amount", "11"));
        await town.SendAsync(town.Creator, town.Fan, "10");
    }

    private static async Task<(string?, string?)> LimitHitAsync(Task<(HttpStatusCode Status, JsonNode Body)> asked)
    {
        var (status, body) = await asked;
        Assert.Equal((HttpStatusCode.UnprocessableEntity, Over), (status, (string?)body["type"]));
        return ((string?)body["limit"], (string?)body["remaining"]);
    }

    private static async Task<Guid> AccountOfAsync(Town town, string name) =>
        Assert.IsType<CreateAccount.UsernameTaken>(await town.Inside<CreateAccount>().ExecuteAsync(new(name, "long-enough-password"))).RallyId;

    private static string NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();

    private static JsonObject Transfer(Guid from, Guid to, string coin, string amount) =>
        new() { ["id"] = NewId(), ["from"] = from.ToString(), ["to"] = to.ToString(), ["coin"] = coin, ["amount"] = amount };

    private static JsonObject Trade(Guid account, string side, string? coins = null, string? rly = null, string? bound = null)
    {
        var trade = new JsonObject { ["id"] = NewId(), ["account"] = account.ToString(), ["side"] = side, ["coin"] = "CRV" };
        foreach (var (name, value) in new[] { ("coins", coins), ("rly", rly), ("bound", bound) }.Where(member => member.Item2 is not null))
            trade[name] = value;
        return trade;
    }
}
