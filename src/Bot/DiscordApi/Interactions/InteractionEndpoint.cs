using System.Globalization;
using System.Text.Json;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>
/// Interactions over HTTP instead of the gateway. What is not signed by Discord, or was signed a while ago, gets 401
/// before anything of it is read; Discord checks that with bad signatures of its own.
/// </summary>
internal sealed class InteractionEndpoint(
    DiscordOptions options, InteractionResponder responder, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<InteractionEndpoint> log)
{
    private const int MaxBodyBytes = 1024 * 1024;

    // Signed once, valid for long: a copy of a request must not work for longer than ids are remembered.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly InteractionSignature _signature = new(options.PublicKey);

    public async Task HandleAsync(HttpContext context)
    {
        var receivedAt = time.GetTimestamp();
        if (await ReadBodyAsync(context) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var timestamp = context.Request.Headers["X-Signature-Timestamp"].ToString();
        if (!_signature.Matches(context.Request.Headers["X-Signature-Ed25519"], timestamp, body) || !IsFresh(timestamp))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            if (InteractionReader.IsPing(document.RootElement))
                await WriteAsync(context, InteractionResponse.Pong, context.RequestAborted);
            else if (InteractionReader.TryRead(document.RootElement, receivedAt) is { } interaction)
                await RespondAsync(context, interaction);
            else
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (JsonException fault)
        {
            log.LogError(fault, "A signed interaction is not as Discord documents it.");
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    /// <summary>The first answer is this request's own; whatever comes later goes out over the HTTP API.</summary>
    private async Task RespondAsync(HttpContext context, Interaction interaction)
    {
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var responding = responder.RespondAsync(
            interaction,
            async (response, deadline) =>
            {
                try
                {
                    await WriteAsync(context, response, deadline);
                }
                finally
                {
                    acknowledged.TrySetResult();
                }
            },
            lifetime.ApplicationStopping);

        // The context lives until this returns, so not before the first answer is written; the reply may come later.
        await Task.WhenAny(acknowledged.Task, responding);
        if (!acknowledged.Task.IsCompleted)
            context.Response.StatusCode = await responding ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status409Conflict;
    }

    private bool IsFresh(string timestamp)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return false;
        var age = (time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration();
        if (age > MaxAge)
            log.LogWarning("A signed interaction is {Age} away from this machine's clock and was refused; check the clock.", age);
        return age <= MaxAge;
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxBodyBytes)
            return null;
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > MaxBodyBytes)
                return null;
            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    private static async Task WriteAsync(HttpContext context, InteractionResponse response, CancellationToken stop)
    {
        context.Response.ContentType = "application/json";
        var json = JsonSerializer.SerializeToUtf8Bytes(response, DiscordJson.Options);
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, stop);
        await context.Response.CompleteAsync();
    }
}
