using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Rest;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>Sends interactions to the application's endpoint over HTTP, signed, and checks that an endpoint verifies signatures.</summary>
internal sealed class HttpDelivery(InteractionSigner signer, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends in the background; the answer's body is the first response, 202 means that it comes by REST.</summary>
    public void Deliver(InteractionDesk desk, Interaction interaction, Uri endpoint) => _ = DeliverAsync(desk, interaction, endpoint);

    /// <summary>Whether the endpoint answers PING with PONG and refuses wrong signatures with 401.</summary>
    public async Task<bool> IsSoundAsync(Uri endpoint, ulong applicationId, CancellationToken stop)
    {
        var ping = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["id"] = "1",
            ["application_id"] = applicationId.ToString(CultureInfo.InvariantCulture),
            ["type"] = (int)InteractionKind.Ping,
            ["token"] = "ping",
            ["version"] = 1,
        });
        try
        {
            using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(stop);
            tooLong.CancelAfter(ProbeTimeout);
            var timestamp = Timestamp();
            var signature = signer.Sign(timestamp, ping);
            var wrong = (signature[0] == '0' ? '1' : '0') + signature[1..];
            using var refused = await PostAsync(endpoint, ping, timestamp, wrong, tooLong.Token);
            if (refused.StatusCode != HttpStatusCode.Unauthorized)
                return false;
            using var accepted = await PostAsync(endpoint, ping, timestamp, signature, tooLong.Token);
            var pong = accepted.IsSuccessStatusCode ? JsonNode.Parse(await accepted.Content.ReadAsStringAsync(tooLong.Token)) : null;
            return pong is JsonObject json && json["type"]?.ToString() == "1";
        }
        catch (Exception failed) when (failed is HttpRequestException or JsonException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task DeliverAsync(InteractionDesk desk, Interaction interaction, Uri endpoint)
    {
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(interaction.Payload);
            var timestamp = Timestamp();
            using var answer = await PostAsync(endpoint, body, timestamp, signer.Sign(timestamp, body), CancellationToken.None);
            if (answer.StatusCode == HttpStatusCode.Accepted)
                return;
            if (!answer.IsSuccessStatusCode || JsonNode.Parse(await answer.Content.ReadAsStringAsync()) is not JsonObject response)
                desk.Fail(interaction, "This interaction failed");
            else
                desk.Respond(interaction, new Form(response, new()), Uploads.None); // Discord takes no files here
        }
        catch (Exception failed) when (failed is HttpRequestException or JsonException or RestRefusal or ObjectDisposedException or OperationCanceledException)
        {
            desk.Fail(interaction, "This interaction failed");
        }
    }

    private string Timestamp() => time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private Task<HttpResponseMessage> PostAsync(Uri endpoint, byte[] body, string timestamp, string signature, CancellationToken stop)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("X-Signature-Ed25519", signature);
        request.Headers.Add("X-Signature-Timestamp", timestamp);
        request.Headers.UserAgent.ParseAdd("Discord-Interactions/1.0 (+https://discord.com)");
        return _client.SendAsync(request, stop);
    }
}
