using System.Text;
using System.Text.Json.Nodes;
using Rally.Webhooks.Events;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class SchemaTests
{
    [Fact]
    public async Task Every_type_an_endpoint_can_ask_for_has_a_versioned_schema_in_the_document()
    {
        var schemas = await EventSchemas.GetAsync();

        Assert.Equal("3.1", ((string)schemas.Document["openapi"]!)[..3]);
        Assert.Equal(
            EventType.All.Concat(EventType.Former.Select(type => $"rally-v1.{type}")).Order(),
            schemas.Names.Keys.Where(type => !type.EndsWith(EventType.Test, StringComparison.Ordinal)).Order());
        Assert.All(schemas.Names.Values, name => Assert.EndsWith("EventV1", name, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"type":"purchase","timestamp":"2026-11-21T10:00:00Z","data":{}}""")]
    [InlineData("""{"type":"purchase","timestamp":"2026-11-21T10:00:00Z"}""")]
    [InlineData("""{"event":"purchase","coinKind":"PTM","data":{}}""")]
    [InlineData("""{"event":"transfer","coinKind":"PTM","data":{"createdDate":"2026-11-21T10:00:00Z","showUsername":false,"username":null,"fromUsername":null,"amountOfCoin":"1","costInUSCents":null,"memo":null,"showMemo":false}}""")]
    [InlineData("""{"type":"transfer.posted","timestamp":"yesterday and a bit","data":{"position":"7"}}""")]
    public async Task What_is_not_as_the_schema_says_is_told_apart(string body) =>
        Assert.NotNull((await EventSchemas.GetAsync()).FaultOf(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public async Task A_body_with_another_type_or_amounts_as_numbers_is_against_the_schema()
    {
        var schemas = await EventSchemas.GetAsync();
        var right = JsonNode.Parse("""
            {"type":"purchase","timestamp":"2026-11-21T10:00:00Z","data":{"position":7,"id":"0193a8a0-0000-7000-8000-000000000000","coin":"PTM",
             "account":"0193a8a0-0000-7000-8000-000000000001","amount":"2","rly":"0.5","price":"0.25","usdCents":null}}
            """)!;
        Assert.Null(schemas.FaultOf(Encoding.UTF8.GetBytes(right.ToJsonString())));

        right["data"]!["amount"] = 2;
        Assert.NotNull(schemas.FaultOf(Encoding.UTF8.GetBytes(right.ToJsonString())));
    }
}
