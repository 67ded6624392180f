using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Roles;

namespace Rally.Acceptance.Tests;

/// <summary>The bot's receiver, addressed as an attacker or an eager sender would.</summary>
public sealed class WebhookTests
{
    [Fact]
    public async Task A_bad_or_old_signature_is_401_and_nothing_is_done()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.SettledAsync();
        var secret = town.Inside<WebhookSubscription>().Secret!;
        var body = await EventAboutCreatorAsync(town);
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(town, "msg_1", now, body, "v1,AAAA"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(town, "msg_1", now, body, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(town, "msg_2", now, body, Sign(secret, "msg_1", now, body)));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(town, "msg_1", now, body + " ", Sign(secret, "msg_1", now, body)));
        foreach (var minutes in new[] { -6, 6 })
        {
            var then = now.AddMinutes(minutes);
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(town, "msg_1", then, body, Sign(secret, "msg_1", then, body)));
        }

        Assert.Equal(0, await CountMarksOfAsync(town, "msg_1"));
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(town, "msg_1", now, body, Sign(secret, "msg_1", now, body)));
        Assert.Equal(1, await CountMarksOfAsync(town, "msg_1"));
    }

    [Fact]
    public async Task The_same_event_twice_is_answered_and_counted_once()
    {
        await using var town = await Town.WithGoldTierAsync();
        var secret = town.Inside<WebhookSubscription>().Secret!;
        var body = await EventAboutCreatorAsync(town);
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.NoContent, await PostAsync(town, "msg_same", now, body, Sign(secret, "msg_same", now, body)));
        Assert.Equal(1, await CountMarksOfAsync(town, "msg_same"));
    }

    [Fact]
    public async Task A_signed_body_that_is_no_event_is_400()
    {
        await using var town = await Town.BuildAsync();
        var secret = town.Inside<WebhookSubscription>().Secret!;
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(town, "msg_x", now, "[1,", Sign(secret, "msg_x", now, "[1,")));
    }

    private static async Task<string> EventAboutCreatorAsync(Town town)
    {
        var creator = (await town.Inside<Links>().FindAsync(town.Creator, CancellationToken.None))!;
        return JsonSerializer.Serialize(new
        {
            type = "transfer.posted",
            timestamp = "2026-01-01T00:00:00Z",
            data = new { position = 1, coin = "PTM", from = creator.RallyId, to = (Guid?)null, amount = "1" },
        });
    }

    // The signature by the specification's words, not by our own signer.
    private static string Sign(string secret, string id, DateTimeOffset at, string body)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var signed = $"{id}.{at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}.{body}";
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed)));
    }

    private static async Task<HttpStatusCode> PostAsync(Town town, string id, DateTimeOffset at, string body, string? signature)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(town.Address, "webhooks/rally"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (signature is not null)
            request.Headers.TryAddWithoutValidation("webhook-signature", signature);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private static Task<long> CountMarksOfAsync(Town town, string webhookId) =>
        town.Inside<Storage.Database>().ReadAsync(connection => Dapper.SqlMapper.QuerySingleAsync<long>(
            connection, "SELECT COUNT(*) FROM bot_webhook_seen WHERE id = @webhookId", new { webhookId }));
}
