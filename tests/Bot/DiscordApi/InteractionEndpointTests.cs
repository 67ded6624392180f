using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

public sealed class InteractionEndpointTests : IAsyncLifetime
{
    private const string Ping = """{"id":"1","application_id":"12","type":1,"token":"t","version":1}""";

    private readonly Ed25519PrivateKeyParameters _key = new(new SecureRandom());
    private readonly TestHandler _handler = new(Deferral.EphemeralMessage);
    private readonly HttpClient _http = new();
    private StubDiscord _discord = null!;
    private WebApplication _app = null!;
    private Uri _endpoint = null!;

    public async Task InitializeAsync()
    {
        _discord = await StubDiscord.StartAsync((context, _) => context.JsonAsync("""{"id":"1","channel_id":"2","content":""}"""));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(_discord.Clock);
        builder.Services.AddSingleton<IInteractionHandler>(_handler);
        builder.Services.AddDiscordApi(options =>
        {
            options.Token = StubDiscord.Token;
            options.ApiBase = _discord.ApiBase;
            options.PublicKey = Convert.ToHexString(_key.GeneratePublicKey().GetEncoded());
        });
        _app = builder.Build();
        _app.MapDiscordInteractions("/discord/interactions");
        await _app.StartAsync();
        _endpoint = new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/discord/interactions");
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _discord.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task A_ping_is_answered_with_a_pong()
    {
        using var response = await PostAsync(Ping);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"type":1}""", await response.Content.ReadAsStringAsync());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("missing signature")]
    [InlineData("missing timestamp")]
    [InlineData("not hexadecimal")]
    [InlineData("too short")]
    [InlineData("bit flipped")]
    [InlineData("body changed")]
    [InlineData("timestamp changed")]
    [InlineData("somebody else's key")]
    [InlineData("signed an hour ago")]
    [InlineData("signed an hour ahead")]
    [InlineData("timestamp no number")]
    public async Task What_Discord_did_not_just_sign_is_refused_unread(string fault)
    {
        var at = fault switch
        {
            "signed an hour ago" => _discord.Clock.GetUtcNow().AddHours(-1),
            "signed an hour ahead" => _discord.Clock.GetUtcNow().AddHours(1),
            _ => _discord.Clock.GetUtcNow(),
        };
        var timestamp = fault == "timestamp no number" ? "now" : $"{at.ToUnixTimeSeconds()}";
        var key = fault == "somebody else's key" ? new Ed25519PrivateKeyParameters(new SecureRandom()) : _key;
        var signature = Sign(key, timestamp, Samples.Command);
        signature = fault switch
        {
            "missing signature" => null,
            "not hexadecimal" => new string('z', 128),
            "too short" => signature[..126],
            "bit flipped" => (signature[0] == '0' ? '1' : '0') + signature[1..],
            _ => signature,
        };
        if (fault == "timestamp changed")
            timestamp = $"{at.ToUnixTimeSeconds() + 1}";
        var body = fault == "body changed" ? Samples.Command.Replace("60", "61", StringComparison.Ordinal) : Samples.Command;

        using var response = await PostAsync(body, signature, fault == "missing timestamp" ? null : timestamp);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, _handler.Calls);
    }

    [Fact]
    public async Task A_quick_reply_is_the_answer_to_the_request()
    {
        _handler.Reply(InteractionReply.Private("done"));
        using var response = await PostAsync(Samples.Command);
        Assert.Equal("""{"type":4,"data":{"content":"done","allowed_mentions":{"parse":[]},"flags":64}}""", await response.Content.ReadAsStringAsync());
        Assert.Empty(_discord.Requests);
    }

    [Fact]
    public async Task A_slow_reply_is_deferred_in_the_answer_and_comes_over_the_http_api()
    {
        var posting = PostAsync(Samples.Command);
        await _handler.Started;
        await _discord.ClientWaitsAsync();
        _discord.Clock.Advance(InteractionResponder.DirectReplyWithin);
        using var response = await posting;
        Assert.Equal("""{"type":5,"data":{"flags":64}}""", await response.Content.ReadAsStringAsync());

        _handler.Reply(InteractionReply.Private("done"));
        await _discord.RequestsAsync(1);
        Assert.Equal($"PATCH /webhooks/12/{Samples.Token}/messages/@original", _discord.Requests[0].ToString());
    }

    [Fact]
    public async Task A_request_played_again_does_nothing_twice()
    {
        _handler.Reply(InteractionReply.Private("paid"));
        using var first = await PostAsync(Samples.Command);
        using var again = await PostAsync(Samples.Command);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, again.StatusCode));
        Assert.Equal(1, _handler.Calls);
    }

    [Fact]
    public async Task What_is_signed_but_senseless_or_too_long_is_refused()
    {
        using var senseless = await PostAsync("[]");
        Assert.Equal(HttpStatusCode.BadRequest, senseless.StatusCode);
        using var unknown = await PostAsync(Samples.Press.Replace("\"type\":3", "\"type\":99", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var tooLong = await PostAsync(new string(' ', 1024 * 1024 + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
    }

    private Task<HttpResponseMessage> PostAsync(string body)
    {
        var timestamp = $"{_discord.Clock.GetUtcNow().ToUnixTimeSeconds()}";
        return PostAsync(body, Sign(_key, timestamp, body), timestamp);
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string? signature, string? timestamp)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (signature is not null)
            request.Headers.Add("X-Signature-Ed25519", signature);
        if (timestamp is not null)
            request.Headers.Add("X-Signature-Timestamp", timestamp);
        return await _http.SendAsync(request);
    }

    private static string Sign(Ed25519PrivateKeyParameters key, string timestamp, string body)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, key);
        var signed = Encoding.UTF8.GetBytes(timestamp + body);
        signer.BlockUpdate(signed, 0, signed.Length);
        return Convert.ToHexString(signer.GenerateSignature()).ToLowerInvariant();
    }
}
