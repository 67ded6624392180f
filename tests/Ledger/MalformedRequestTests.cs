using System.Net;
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
    [InlineData("memo", "\"x\"", "'memo' is not a member of a transfer")]
    public async Task A_body_that_does_not_say_exactly_what_to_do_is_a_bad_request(string member, string? json, string expected)
    {
        var members = TestApi.Transfer(server.Creator).ToDictionary(pair => pair.Key, pair => pair.Value!.ToJsonString());
        members.Remove(member);
        if (json is not null)
            members.Add(member, json);
        var body = $"{{{string.Join(',', members.Select(pair => $"\"{pair.Key}\":{pair.Value}"))}}}";

        var refused = await server.Api.PostTextAsync("/api/transfers", body, server.Token);

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
    [InlineData("limit=0"), InlineData("limit=1001"), InlineData("limit=x"), InlineData("limit="), InlineData("limit=-1")]
    [InlineData("after=-1"), InlineData("after=x"), InlineData("after=99999999999999999999")]
    public async Task Pages_have_limits(string query)
    {
        var refused = await server.Api.GetAsync("/api/transfers?" + query);

        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:invalid-request"), (refused.Status, refused.Type));
    }

    /// <summary>One server for all, since nothing changes on it.</summary>
    public sealed class Server : IAsyncLifetime
    {
        internal TestApi Api { get; private set; } = null!;

        internal Guid Creator { get; private set; }

        internal string Token => TestApi.Token(Creator, "transfers:send");

        public async Task InitializeAsync()
        {
            Api = await TestApi.StartAsync(Engine.Sqlite);
            Creator = await Api.LaunchAsync("PTM", 1_000);
        }

        public async Task DisposeAsync() => await Api.DisposeAsync();
    }
}
