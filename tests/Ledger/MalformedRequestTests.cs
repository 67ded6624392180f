using System.Net;
using System.Text.Json.Nodes;
using Rally.Storage;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>Requests that say something else than what the API takes; none reaches the ledger.</summary>
public sealed class MalformedRequestTests(MalformedRequestTests.Server server) : IClassFixture<MalformedRequestTests.Server>
{
    [Theory]
    [InlineData("amount", "1.5", "'amount' must be a decimal number in a JSON string")]
    [InlineData("amount", "\"0.0000001\"", "at most 6 digits after the point")]
    [InlineData("amount", "\"1e3\"", "plain decimal number")]
    [InlineData("amount", "\"9999999999999999\"", "plain decimal number")]
    [InlineData("amount", null, "'amount' must be")]
    [InlineData("id", "\"5\"", "'id' must be a UUID of version 7")]
    [InlineData("id", "\"7d444840-9dc0-11d1-b245-5ffdce74fad2\"", "'id' must be a UUID of version 7")]
    [InlineData("id", "\"{0195f0a0-0000-7000-8000-000000000001}\"", "'id' must be a UUID of version 7")]
    [InlineData("to", "null", "'to' must be a Rally id")]
    [InlineData("to", "\"00000000-0000-0000-0000-000000000000\"", "must not be the empty id")]
    [InlineData("coin", "7", "'coin' must be a coin's symbol")]
    [InlineData("note", "{}", "'note' must be a string")]
    [InlineData("note", "\"a\\u0000b\"", "one line of at most 280 characters")]
    [InlineData("note", "\"\\ud83d\"", "not valid Unicode")]
    [InlineData("reference", "7", "'reference' must be a string")]
    [InlineData("reference", "\"a\\nb\"", "one line of at most 120 characters")]
    [InlineData("expiresAt", "7", "'expiresAt' must be a time in ISO 8601 with its offset")]
    [InlineData("expiresAt", "\"tomorrow\"", "'expiresAt' must be a time in ISO 8601 with its offset")]
    [InlineData("expiresAt", "\"2026-11-21T10:00:00\"", "'expiresAt' must be a time in ISO 8601 with its offset")]
    [InlineData("expiresAt", "\"2026-11-21\"", "'expiresAt' must be a time in ISO 8601 with its offset")]
    [InlineData("memo", "\"x\"", "'memo' is not a member of a transfer")]
    public async Task A_body_that_does_not_say_exactly_what_to_do_is_a_bad_request(string member, string? json, string expected)
    {
        var refused = await server.Api.PostTextAsync("/api/transfers", With(TestApi.Transfer(server.Creator), member, json), server.Token);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(expected, refused.Detail, StringComparison.Ordinal);
        Assert.Equal(member == "amount" ? "urn:rally:invalid-amount" : "urn:rally:invalid-request", refused.Type);
    }

    [Fact]
    public async Task A_body_that_is_no_json_object_is_refused()
    {
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("{"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("[]"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(""));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("""{"id":"1","id":"2"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("""{"\ud800":1}"""));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync("a=1", "application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await StatusAsync($$"""{"note":"{{new string('x', 20_000)}}"}"""));

        async Task<HttpStatusCode> StatusAsync(string body, string contentType = "application/json") =>
            (await server.Api.PostTextAsync("/api/transfers", body, server.Token, contentType)).Status;
    }

    [Theory]
    [InlineData("id", "\"5\"", "'id' must be a UUID of version 7")]
    [InlineData("id", "\"7d444840-9dc0-11d1-b245-5ffdce74fad2\"", "'id' must be a UUID of version 7")]
    [InlineData("account", "\"me\"", "'account' must be a Rally id")]
    [InlineData("account", null, "'account' must be a Rally id")]
    [InlineData("side", "\"give\"", "'side' must be 'buy', 'sell' or 'convert'")]
    [InlineData("side", null, "'side' must be 'buy', 'sell' or 'convert'")]
    [InlineData("side", "\"convert\"", "'to' must be the coin to get")]
    [InlineData("coin", "7", "'coin' must be a coin's symbol")]
    [InlineData("to", "7", "'to' must be a coin's symbol")]
    [InlineData("to", "\"KSK\"", "'to' is for side 'convert' only")]
    [InlineData("coins", null, "either 'coins' or 'rly'")]
    [InlineData("rly", "\"1\"", "either 'coins' or 'rly'")]
    [InlineData("coins", "1", "'coins' must be a decimal number in a JSON string")]
    [InlineData("coins", "\"1e3\"", "plain decimal number")]
    [InlineData("bound", "1", "'bound' must be a decimal number in a JSON string")]
    [InlineData("note", "\"x\"", "'note' is not a member of a trade")]
    public async Task A_trade_that_does_not_say_exactly_what_to_do_is_a_bad_request(string member, string? json, string expected)
    {
        var refused = await server.Api.PostTextAsync("/api/trades", With(TestApi.Trade(server.Creator, "sell", coins: "1"), member, json), server.Token);

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(expected, refused.Detail, StringComparison.Ordinal);
        Assert.Equal(expected.Contains("decimal", StringComparison.Ordinal) ? "urn:rally:invalid-amount" : "urn:rally:invalid-request", refused.Type);
    }

    [Theory]
    [InlineData("side=give&coins=1", "invalid-request"), InlineData("coins=1", "invalid-request"), InlineData("side=buy", "invalid-request")]
    [InlineData("side=buy&coins=1&rly=1", "invalid-request"), InlineData("side=buy&coins=x", "invalid-amount")]
    [InlineData("side=buy&rly=1e3", "invalid-amount"), InlineData("side=convert&coins=1", "invalid-request")]
    [InlineData("side=convert&rly=1&to=KSK", "invalid-request"), InlineData("side=convert&coins=1&to=ptm", "invalid-request")]
    [InlineData("side=sell&coins=1&to=KSK", "invalid-request"), InlineData("side=buy&coins=1&account=me", "invalid-request")]
    public async Task A_quote_is_for_a_trade_that_could_be(string query, string type)
    {
        var refused = await server.Api.GetAsync("/api/coins/PTM/quote?" + query);

        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:" + type), (refused.Status, refused.Type));
    }

    [Theory]
    [InlineData("{}", "'transfers' must be a list of 1 to 100 transfers")]
    [InlineData("""{"transfers":[]}""", "'transfers' must be a list of 1 to 100 transfers")]
    [InlineData("""{"transfers":{}}""", "'transfers' must be a list of 1 to 100 transfers")]
    [InlineData("""{"transfers":[1]}""", "transfers[0]: This must be a JSON object")]
    [InlineData("""{"transfers":[GOOD],"note":"x"}""", "'note' is not a member of linked transfers")]
    [InlineData("""{"transfers":[GOOD,{"id":"x"}]}""", "transfers[1]: 'id' must be a UUID of version 7")]
    [InlineData("""{"transfers":[GOOD,GOOD]}""", "Linked transfers have an 'id' each")]
    [InlineData("""{"transfers":[{"expiresAt":"2026-11-21T10:00:00Z"}]}""", "transfers[0]: 'expiresAt' is not a member of a linked transfer")]
    public async Task Linked_transfers_are_each_as_strict_as_one(string body, string expected)
    {
        var transfer = TestApi.Transfer(server.Creator).ToJsonString();

        var refused = await server.Api.PostTextAsync("/api/transfers/linked", body.Replace("GOOD", transfer, StringComparison.Ordinal), server.Token);

        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:invalid-request"), (refused.Status, refused.Type));
        Assert.Contains(expected, refused.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("post", """{"id":"x"}""", "'id' must be a UUID of version 7"), InlineData("post", "[]", "must be a JSON object")]
    [InlineData("post", """{"id":"7d444840-9dc0-11d1-b245-5ffdce74fad2"}""", "'id' must be a UUID of version 7")]
    [InlineData("post", """{"id":"ID"}""", "'id' must be a new one")]
    [InlineData("post", """{"id":"0195f0a0-0000-7000-8000-000000000001","amount":1}""", "'amount' must be a decimal number in a JSON string")]
    [InlineData("void", """{"id":"0195f0a0-0000-7000-8000-000000000001","amount":"1"}""", "'amount' is not a member of this request")]
    public async Task What_is_pending_is_ended_on_a_clear_word_only(string verb, string body, string expected)
    {
        var transfer = TestApi.Transfer(server.Creator, to: server.Fan);
        transfer["expiresAt"] = TimeProvider.System.GetUtcNow().AddDays(1).ToString("O");
        Assert.Equal(HttpStatusCode.Created, (await server.Api.PostAsync("/api/transfers", transfer, server.Token)).Status);

        var refused = await server.Api.PostTextAsync(
            $"/api/transfers/{transfer["id"]}/{verb}", body.Replace("ID", (string?)transfer["id"], StringComparison.Ordinal), TestApi.Token(server.Fan, "transfers:send"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(expected, refused.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/trades"), InlineData("/api/transfers/linked")]
    public async Task Every_body_is_JSON_of_a_bounded_size(string path)
    {
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("{"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync("[]"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync("a=1", "application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await StatusAsync($$"""{"note":"{{new string('x', 300_000)}}"}"""));

        async Task<HttpStatusCode> StatusAsync(string body, string contentType = "application/json")
        {
            var refused = await server.Api.PostTextAsync(path, body, server.Token, contentType);
            Assert.Equal("urn:rally:invalid-request", refused.Type);
            return refused.Status;
        }
    }

    [Theory]
    [InlineData("/api/accounts/me/limits/PTM"), InlineData("/api/accounts/me/balances")]
    public async Task An_account_is_a_Rally_id(string path)
    {
        var refused = await server.Api.GetAsync(path, TestApi.Token(server.Creator, "balances:read"));

        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:invalid-request"), (refused.Status, refused.Type));
    }

    [Theory]
    [InlineData("limit=0"), InlineData("limit=1001"), InlineData("limit=x"), InlineData("limit="), InlineData("limit=-1")]
    [InlineData("after=-1"), InlineData("after=x"), InlineData("after=99999999999999999999")]
    public async Task Pages_have_limits(string query)
    {
        var refused = await server.Api.GetAsync("/api/transfers?" + query);

        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:invalid-request"), (refused.Status, refused.Type));
    }

    /// <summary>The body with another value of this member, or without it.</summary>
    private static string With(JsonObject body, string member, string? json)
    {
        var members = body.ToDictionary(pair => pair.Key, pair => pair.Value!.ToJsonString());
        members.Remove(member);
        if (json is not null)
            members.Add(member, json);
        return $"{{{string.Join(',', members.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}";
    }

    /// <summary>One server for all, since next to nothing changes on it.</summary>
    public sealed class Server : IAsyncLifetime
    {
        internal TestApi Api { get; private set; } = null!;

        internal Guid Creator { get; private set; }

        internal Guid Fan { get; } = Guid.NewGuid();

        internal string Token => TestApi.Token(Creator, "transfers:send", "trades:make");

        public async Task InitializeAsync()
        {
            Api = await TestApi.StartAsync(Engine.Sqlite, options => options.RateLimit = new() { Burst = 10_000, WriteBurst = 10_000 });
            Creator = await Api.LaunchAsync("PTM", 1_000);
        }

        public async Task DisposeAsync() => await Api.DisposeAsync();
    }
}
