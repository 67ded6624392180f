using System.Net;
using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class TransferApiTests
{
    private const string Send = "transfers:send";

    [Theory, EachEngine]
    public async Task A_transfer_is_made_once_and_told_again(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var transfer = TestApi.Transfer(creator, amount: "60.5", note: "thanks ♥");
        transfer["coin"] = "ptm";

        var made = await api.PostAsync("/api/transfers", transfer, TestApi.Token(creator, Send));
        var again = await api.PostAsync("/api/transfers", transfer, TestApi.Token(creator, Send));

        Assert.Equal((HttpStatusCode.Created, $"/api/transfers/{transfer["id"]}"), (made.Status, made.Location));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.True(JsonNode.DeepEquals(made.Body, again.Body));
        var expected = new JsonObject
        {
            ["id"] = (string?)transfer["id"],
            ["position"] = 2,
            ["coin"] = "PTM",
            ["from"] = creator.ToString(),
            ["to"] = (string?)transfer["to"],
            ["amount"] = "60.5",
            ["kind"] = "transfer",
            ["note"] = "thanks ♥",
            ["postedAt"] = (string?)made.Body!["postedAt"],
            ["balanceAfter"] = "939.5",
        };
        Assert.Equal(expected.ToJsonString(), made.Body.ToJsonString());
    }

    [Theory, EachEngine]
    public async Task The_same_id_with_other_content_is_a_conflict(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var transfer = TestApi.Transfer(creator);
        await api.PostAsync("/api/transfers", transfer, TestApi.Token(creator, Send));
        transfer["amount"] = "2";

        var conflict = await api.PostAsync("/api/transfers", transfer, TestApi.Token(creator, Send));

        Assert.Equal((HttpStatusCode.Conflict, "urn:rally:id-conflict"), (conflict.Status, conflict.Type));
    }

    [Theory, EachEngine]
    public async Task What_cannot_be_transferred_is_refused_with_its_type(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);

        var tooMuch = await RefusedAsync("urn:rally:insufficient-funds", TestApi.Transfer(creator, amount: "1000.000001"));
        Assert.Equal("1000", (string?)tooMuch.Body!["available"]);
        await RefusedAsync("urn:rally:unknown-coin", TestApi.Transfer(creator, coin: "NOPE"));
        await RefusedAsync("urn:rally:unknown-coin", TestApi.Transfer(creator, coin: "not a symbol"));
        await RefusedAsync("urn:rally:same-account", TestApi.Transfer(creator, to: creator));
        await RefusedAsync("urn:rally:invalid-amount", TestApi.Transfer(creator, amount: "0"));
        await RefusedAsync("urn:rally:invalid-amount", TestApi.Transfer(creator, amount: "-1"));

        async Task<TestApi.Answer> RefusedAsync(string type, JsonObject transfer)
        {
            var refused = await api.PostAsync("/api/transfers", transfer, TestApi.Token(creator, Send));
            Assert.Equal((HttpStatusCode.UnprocessableEntity, type), (refused.Status, refused.Type));
            Assert.NotEmpty(refused.Detail!);
            return refused;
        }
    }

    [Theory, EachEngine]
    public async Task Only_those_allowed_may_send_from_an_account(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(TestApi.Token(creator, "balances:read")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(TestApi.Token(Guid.NewGuid(), Send)));
        Assert.Equal(1, (long?)(await api.GetAsync("/api/transfers")).Body!["last"]);

        async Task<HttpStatusCode> StatusAsync(string? token) =>
            (await api.PostAsync("/api/transfers", TestApi.Transfer(creator), token)).Status;
    }

    [Theory, EachEngine]
    public async Task Either_side_may_look_a_transfer_up(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        var fan = Guid.CreateVersion7(DateTimeOffset.UnixEpoch);
        var transfer = TestApi.Transfer(creator, to: fan, note: "hello");
        await api.PostAsync("/api/transfers", transfer, TestApi.Token(creator, Send));
        var path = $"/api/transfers/{transfer["id"]}";

        Assert.Equal("hello", (string?)(await api.GetAsync(path, TestApi.Token(fan, "balances:read"))).Body!["note"]);
        var bySender = await api.GetAsync(path.Replace("-", "", StringComparison.Ordinal), TestApi.Token(creator, "balances:read"));
        Assert.Equal("hello", (string?)bySender.Body!["note"]);
        Assert.False(bySender.Body.AsObject().ContainsKey("balanceAfter"));
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(Guid.NewGuid(), "balances:read"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync(path, TestApi.Token(fan, Send))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync(path)).Status);
        var absent = await api.GetAsync($"/api/transfers/{fan}", TestApi.Token(fan, "balances:read"));
        Assert.Equal((HttpStatusCode.NotFound, "urn:rally:unknown-transfer"), (absent.Status, absent.Type));
    }

    [Theory, EachEngine]
    public async Task The_public_log_is_paged_and_keeps_notes_to_itself(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var creator = await api.LaunchAsync("PTM", 1_000);
        for (var i = 0; i < 3; i++)
            await api.PostAsync("/api/transfers", TestApi.Transfer(creator, note: "private"), TestApi.Token(creator, Send));

        var first = (await api.GetAsync("/api/transfers?limit=2")).Body!;
        var second = (await api.GetAsync("/api/transfers?after=2&limit=2")).Body!;

        Assert.Equal(4, (long?)first["last"]);
        Assert.Equal([1, 2, 3, 4], first["transfers"]!.AsArray().Concat(second["transfers"]!.AsArray()).Select(each => (long)each!["position"]!));
        Assert.Null(first["transfers"]![0]!["from"]);
        Assert.Equal("issue", (string?)first["transfers"]![0]!["kind"]);
        Assert.All(first["transfers"]!.AsArray(), each => Assert.False(each!.AsObject().ContainsKey("note")));
        Assert.Empty((await api.GetAsync("/api/transfers?after=4")).Body!["transfers"]!.AsArray());
    }

    [Fact]
    public async Task A_ledger_that_shuts_down_says_so()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        var creator = await api.LaunchAsync("PTM", 1_000);
        await api.Writer.StopAsync(default);

        var refused = await api.PostAsync("/api/transfers", TestApi.Transfer(creator), TestApi.Token(creator, Send));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "urn:rally:stopping"), (refused.Status, refused.Type));
    }
}
