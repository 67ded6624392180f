using System.Net;
using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class LinkedApiTests
{
    private const string Send = "transfers:send";
    private const string Read = "balances:read";

    [Theory, EachEngine]
    public async Task Linked_transfers_are_made_together_and_listed_together(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var fans = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid()).ToList();
        var body = Linked([.. fans.Select((fan, i) => Transfer(creator, fan, "10", note: $"for {i}", reference: "airdrop 1"))]);
        await api.PostAsync("/api/transfers", Transfer(creator, fans[0], "1"), TestApi.Token(creator, Send));

        var made = await api.PostAsync("/api/transfers/linked", body, TestApi.Token(creator, Send));
        var again = await api.PostAsync("/api/transfers/linked", body, TestApi.Token(creator, Send));
        await api.PostAsync("/api/transfers", Transfer(creator, fans[0], "1"), TestApi.Token(creator, Send));

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (made.Status, again.Status));
        Assert.True(JsonNode.DeepEquals(made.Body, again.Body));
        Assert.Equal([(3, "989"), (4, "979"), (5, "969")], made.Body!["transfers"]!.AsArray().Select(each => ((int)each!["position"]!, (string)each["balanceAfter"]!)));
        foreach (var id in body["transfers"]!.AsArray().Select(each => (string)each!["id"]!))
        {
            var seen = (await api.GetAsync($"/api/transfers/{id}/linked", TestApi.Token(fans[1], Read))).Body!["transfers"]!.AsArray();
            Assert.Equal([3, 4, 5], seen.Select(each => (long)each!["position"]!));
            Assert.Equal([null, "for 1", null], seen.Select(each => (string?)each!["note"]));
            Assert.Equal([null, "airdrop 1", null], seen.Select(each => (string?)each!["reference"]));
        }

        var first = $"/api/transfers/{body["transfers"]![0]!["id"]}/linked";
        Assert.Equal(made.Location, first);
        foreach (var transfer in body["transfers"]!.AsArray())
            transfer!["id"] = TestApi.NewId().ToString();
        var slashed = await api.PostAsync("/api/transfers/linked/", body, TestApi.Token(creator, Send));
        Assert.Equal($"/api/transfers/{body["transfers"]![0]!["id"]}/linked", slashed.Location);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(first, TestApi.Token(Guid.NewGuid(), Read))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync(first)).Status);
        Assert.Equal("urn:rally:unknown-transfer", (await api.GetAsync($"/api/transfers/{Guid.NewGuid()}/linked", TestApi.Token(creator, Read))).Type);
    }

    [Theory, EachEngine]
    public async Task All_of_them_or_none(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var other = await api.LaunchAsync("KSK", 1_000);
        var fan = Guid.NewGuid();
        JsonObject[] sound = [Transfer(creator, fan, "600")];

        var tooMuch = await PostAsync(Transfer(creator, fan, "600"), Transfer(creator, fan, "600"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:rally:insufficient-funds"), (tooMuch.Status, tooMuch.Type));
        Assert.Equal("400", (string?)tooMuch.Body!["available"]);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync(sound[0], Transfer(other, fan, "1", "KSK"))).Status);
        Assert.Equal(2, (long?)(await api.GetAsync("/api/transfers")).Body!["last"]);

        // What came in by one of them goes out by the next.
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(sound)).Status);
        var part = await PostAsync(sound[0], Transfer(creator, fan, "1"));
        Assert.Equal((HttpStatusCode.Conflict, "urn:rally:id-conflict"), (part.Status, part.Type));
        await api.CheckAsync();

        Task<TestApi.Answer> PostAsync(params JsonObject[] transfers) =>
            api.PostAsync("/api/transfers/linked", Linked([.. transfers.Select(each => (JsonObject)each.DeepClone())]), TestApi.Token(creator, Send));
    }

    [Theory, EachEngine]
    public async Task As_many_as_a_hundred_fit(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine, options => options.RateLimit = new() { WriteBurst = 1_000 });
        var creator = await api.LaunchAsync("PTM", 1_000);
        var longest = new string('\u20AC', 280);
        var body = Linked([.. Enumerable.Range(0, 101).Select(_ => Transfer(creator, Guid.NewGuid(), "1", note: longest, reference: new string('\u20AC', 120)))]);

        var tooMany = await api.PostAsync("/api/transfers/linked", body, TestApi.Token(creator, Send));
        body["transfers"]!.AsArray().RemoveAt(100);
        var made = await api.PostAsync("/api/transfers/linked", body, TestApi.Token(creator, Send));

        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:invalid-request"), (tooMany.Status, tooMany.Type));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("900", (string?)made.Body!["transfers"]![99]!["balanceAfter"]);
    }

    private static JsonObject Linked(params JsonNode[] transfers) => new() { ["transfers"] = new JsonArray(transfers) };

    private static JsonObject Transfer(Guid from, Guid to, string amount, string coin = "PTM", string note = "", string reference = "")
    {
        var transfer = TestApi.Transfer(from, to, coin, amount, note);
        transfer["reference"] = reference;
        return transfer;
    }
}
