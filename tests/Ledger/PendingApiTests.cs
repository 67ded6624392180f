using System.Net;
using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class PendingApiTests
{
    private const string Send = "transfers:send";
    private const string Read = "balances:read";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory, EachEngine]
    public async Task A_pending_transfer_is_the_receivers_to_take(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        var (sender, receiver) = (await api.LaunchAsync("PTM", 1_000), Guid.NewGuid());
        var transfer = Pending(sender, receiver, clock.GetUtcNow() + Hour);

        var made = await api.PostAsync("/api/transfers", transfer, TestApi.Token(sender, Send));
        var path = $"/api/transfers/{transfer["id"]}";
        Assert.Equal((HttpStatusCode.Created, path), (made.Status, made.Location));
        Assert.Equal(("hold", null, "990"), ((string?)made.Body!["kind"], (string?)made.Body["to"], (string?)made.Body["balanceAfter"]));
        Assert.Equal((receiver, "open", null), ((Guid?)made.Body["pending"]!["to"], (string?)made.Body["pending"]!["state"], made.Body["pending"]!["end"]));
        Assert.Equal("order 7", (string?)made.Body["reference"]);

        var body = Take();
        body["amount"] = "4";
        var taken = await api.PostAsync(path + "/post", body, TestApi.Token(receiver, Send));
        var again = await api.PostAsync(path + "/post", body, TestApi.Token(receiver, Send));
        Assert.Equal((HttpStatusCode.Created, $"/api/transfers/{body["id"]}/linked"), (taken.Status, taken.Location));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.True(JsonNode.DeepEquals(taken.Body, again.Body));
        Assert.Equal(
            [("post", receiver, "4", "4"), ("void", sender, "6", null)],
            taken.Body!["transfers"]!.AsArray().Select(each => ((string)each!["kind"]!, (Guid)each["to"]!, (string)each["amount"]!, (string?)each["balanceAfter"])));

        foreach (var side in new[] { sender, receiver })
        {
            var seen = (await api.GetAsync(path, TestApi.Token(side, Read))).Body!;
            Assert.Equal("posted", (string?)seen["pending"]!["state"]);
            var end = seen["pending"]!["end"]!;
            Assert.Equal(
                ((string?)body["id"], 3, receiver, "4", "6"),
                ((string?)end["id"], (long)end["position"]!, (Guid?)end["by"], (string?)end["posted"], (string?)end["returned"]));
            var linked = (await api.GetAsync(taken.Location!, TestApi.Token(side, Read))).Body!["transfers"]!.AsArray();
            Assert.Equal([(string?)transfer["id"], (string?)transfer["id"]], linked.Select(each => (string?)each!["ends"]));
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(Guid.NewGuid(), Read))).Status);
        var repeated = await api.PostAsync("/api/transfers", transfer, TestApi.Token(sender, Send));
        Assert.Equal((HttpStatusCode.OK, "posted"), (repeated.Status, (string?)repeated.Body!["pending"]!["state"]));
        await api.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task What_is_declined_or_runs_out_goes_back(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        var (sender, receiver) = (await api.LaunchAsync("PTM", 1_000), Guid.NewGuid());
        var (declined, late) = (Pending(sender, receiver, clock.GetUtcNow() + Hour), Pending(sender, receiver, clock.GetUtcNow() + Hour));
        await api.PostAsync("/api/transfers", declined, TestApi.Token(sender, Send));
        await api.PostAsync("/api/transfers", late, TestApi.Token(sender, Send));

        var back = await api.PostAsync($"/api/transfers/{declined["id"]}/void", Take(), TestApi.Token(receiver, Send));
        clock.Advance(Hour);
        var tooLate = await api.PostAsync($"/api/transfers/{late["id"]}/post", Take(), TestApi.Token(receiver, Send));
        var seen = (await api.GetAsync($"/api/transfers/{late["id"]}", TestApi.Token(sender, Read))).Body!["pending"]!;

        Assert.Equal((HttpStatusCode.Created, "void"), (back.Status, (string?)back.Body!["transfers"]![0]!["kind"]));
        Assert.Equal(
            "voided", (string?)(await api.GetAsync($"/api/transfers/{declined["id"]}", TestApi.Token(sender, Read))).Body!["pending"]!["state"]);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:rally:not-pending", "expired"), (tooLate.Status, tooLate.Type, (string?)tooLate.Body!["state"]));
        Assert.Equal("expired", (string?)seen["state"]); // whether or not it has gone back by then
        var twice = await api.PostAsync($"/api/transfers/{declined["id"]}/void", Take(), TestApi.Token(receiver, Send));
        Assert.Equal(("urn:rally:not-pending", "voided"), (twice.Type, (string?)twice.Body!["state"]));
    }

    [Theory, EachEngine]
    public async Task Only_the_receiver_ends_it_and_for_no_more_than_is_held(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        var (sender, receiver) = (await api.LaunchAsync("PTM", 1_000), Guid.NewGuid());
        var transfer = Pending(sender, receiver, clock.GetUtcNow() + Hour);
        await api.PostAsync("/api/transfers", transfer, TestApi.Token(sender, Send));
        var plain = TestApi.Transfer(sender, to: receiver);
        await api.PostAsync("/api/transfers", plain, TestApi.Token(sender, Send));

        foreach (var verb in new[] { "post", "void" })
        {
            var path = $"/api/transfers/{transfer["id"]}/{verb}";
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync(path, Take())).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync(path, Take(), TestApi.Token(sender, Send))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await api.PostAsync(path, Take(), TestApi.Token(receiver, Read))).Status);
            foreach (var other in new[] { (string)plain["id"]!, $"{Guid.NewGuid()}", "x" })
            {
                var absent = await api.PostAsync($"/api/transfers/{other}/{verb}", Take(), TestApi.Token(receiver, Send));
                Assert.Equal((HttpStatusCode.NotFound, "urn:rally:unknown-pending"), (absent.Status, absent.Type));
            }
        }

        Assert.Equal("urn:rally:more-than-pending", (await TakeAsync("10.000001")).Type);
        Assert.Equal("10", (string?)(await TakeAsync("11")).Body!["held"]);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:rally:invalid-amount"), ((await TakeAsync("0")).Status, (await TakeAsync("0")).Type));
        var conflict = Take();
        conflict["id"] = (string?)plain["id"];
        Assert.Equal(HttpStatusCode.Conflict, (await api.PostAsync($"/api/transfers/{transfer["id"]}/post", conflict, TestApi.Token(receiver, Send))).Status);
        await api.CheckAsync();

        Task<TestApi.Answer> TakeAsync(string amount)
        {
            var take = Take();
            take["amount"] = amount;
            return api.PostAsync($"/api/transfers/{transfer["id"]}/post", take, TestApi.Token(receiver, Send));
        }
    }

    [Theory, EachEngine]
    public async Task A_repeat_that_asks_for_another_part_is_a_conflict(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        var (sender, receiver) = (await api.LaunchAsync("PTM", 1_000), Guid.NewGuid());
        var transfer = Pending(sender, receiver, clock.GetUtcNow() + Hour);
        await api.PostAsync("/api/transfers", transfer, TestApi.Token(sender, Send));
        var part = Take();
        part["amount"] = "4";
        await api.PostAsync($"/api/transfers/{transfer["id"]}/post", part, TestApi.Token(receiver, Send));
        part.Remove("amount");

        var all = await api.PostAsync($"/api/transfers/{transfer["id"]}/post", part, TestApi.Token(receiver, Send));

        Assert.Equal((HttpStatusCode.Conflict, "urn:rally:id-conflict"), (all.Status, all.Type));
    }

    [Theory, EachEngine]
    public async Task A_transfer_cannot_be_pending_in_the_past_or_for_ever(Engine engine)
    {
        var clock = new FakeClock();
        await using var api = await TestApi.StartAsync(engine, clock: clock);
        var sender = await api.LaunchAsync("PTM", 1_000);

        var past = await api.PostAsync("/api/transfers", Pending(sender, Guid.NewGuid(), clock.GetUtcNow()), TestApi.Token(sender, Send));
        var late = await api.PostAsync("/api/transfers", Pending(sender, Guid.NewGuid(), clock.GetUtcNow().AddDays(30).AddMilliseconds(1)), TestApi.Token(sender, Send));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "urn:rally:expiry-passed"), (past.Status, past.Type));
        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:invalid-request"), (late.Status, late.Type));
        Assert.Contains("30 days", late.Detail, StringComparison.Ordinal);
        Assert.Equal(1, (long?)(await api.GetAsync("/api/transfers")).Body!["last"]);
    }

    private static JsonObject Pending(Guid from, Guid to, DateTimeOffset expiresAt)
    {
        var transfer = TestApi.Transfer(from, to, amount: "10", note: "for you");
        transfer["reference"] = "order 7";
        transfer["expiresAt"] = expiresAt.ToString("O");
        return transfer;
    }

    private static JsonObject Take() => new() { ["id"] = TestApi.NewId().ToString() };
}
