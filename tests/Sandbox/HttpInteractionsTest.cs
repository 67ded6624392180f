using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class HttpInteractionsTest
{
    [Fact]
    public async Task Interactions_come_signed_to_an_endpoint_that_passed_the_probe()
    {
        await using var sandbox = await StartAsync();
        await using var endpoint = await Endpoint.StartAsync(sandbox.Server.PublicKey);
        var set = await sandbox.BotAsync("PATCH", "applications/@me", new { interactions_endpoint_url = endpoint.Address });
        Assert.Equal((200, endpoint.Address), (set.Status, (string?)set["interactions_endpoint_url"]));
        Assert.Equal([401, 200], endpoint.Answers);

        await sandbox.RegisterAsync(new { name = "hello", description = "x" });
        var outcome = await sandbox.RunAsync(Fan, "/hello");
        Assert.Equal(("answered", "over HTTP"), ((string?)outcome["state"], (string?)outcome["message"]!["content"]));
    }

    [Fact]
    public async Task An_endpoint_that_does_not_verify_is_refused()
    {
        await using var sandbox = await StartAsync();
        await using var endpoint = await Endpoint.StartAsync(publicKey: null);
        var refused = await sandbox.BotAsync("PATCH", "applications/@me", new { interactions_endpoint_url = endpoint.Address });
        Assert.Equal((400, 50035), (refused.Status, refused.Code));
        Assert.NotNull(refused["errors"]!["interactions_endpoint_url"]);
        Assert.Null((await sandbox.BotAsync("GET", "applications/@me"))["interactions_endpoint_url"]);
    }

    /// <summary>A bot's HTTP side; without a key it trusts everybody.</summary>
    private sealed class Endpoint(WebApplication app, ConcurrentQueue<int> answers) : IAsyncDisposable
    {
        public string Address => app.Urls.Single() + "/interactions";

        public IEnumerable<int> Answers => answers;

        public static async Task<Endpoint> StartAsync(string? publicKey)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var answers = new ConcurrentQueue<int>();
            app.MapPost("/interactions", async (HttpContext http) =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                var isGenuine = publicKey is null || IsGenuine(publicKey, http.Request.Headers, body.ToArray());
                answers.Enqueue(isGenuine ? 200 : 401);
                if (!isGenuine)
                    return Results.StatusCode(401);
                return (int)JsonNode.Parse(body.ToArray())!["type"]! == 1
                    ? Results.Json(new { type = 1 })
                    : Results.Json(new { type = 4, data = new { content = "over HTTP" } });
            });
            await app.StartAsync();
            return new(app, answers);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private static bool IsGenuine(string publicKey, IHeaderDictionary headers, byte[] body)
        {
            var verifier = new Ed25519Signer();
            verifier.Init(false, new Ed25519PublicKeyParameters(Convert.FromHexString(publicKey), 0));
            byte[] message = [.. Encoding.ASCII.GetBytes($"{headers["X-Signature-Timestamp"]}"), .. body];
            verifier.BlockUpdate(message, 0, message.Length);
            return verifier.VerifySignature(Convert.FromHexString($"{headers["X-Signature-Ed25519"]}"));
        }
    }
}
