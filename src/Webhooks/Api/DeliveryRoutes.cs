using System.Diagnostics;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Api;

/// <summary>What an endpoint's owner sees and does about its keys and deliveries.</summary>
internal static class DeliveryRoutes
{
    private const int DefaultLimit = 50;
    private const int MostAtOnce = 200;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/{id:guid}/keys", KeysAsync);
        endpoints.MapPost("/{id:guid}/keys", RotateAsync);
        endpoints.MapPost("/{id:guid}/test", TestAsync);
        endpoints.MapGet("/{id:guid}/attempts", AttemptsAsync);
        endpoints.MapGet("/{id:guid}/dead-letters", DeadLettersAsync);
        endpoints.MapPost("/{id:guid}/resend", ResendAsync);
        endpoints.MapPost("/{id:guid}/recover", RecoverAsync);
    }

    private static async Task<Results<Ok<KeyList>, ProblemHttpResult>> KeysAsync(
        Guid id, ClaimsPrincipal user, ReadDeliveries read, CancellationToken stop) =>
        await read.KeysAsync(user.ClientId, id, stop) is { } keys
            ? TypedResults.Ok(new KeyList([.. keys.Keys.Select(key => new KeyStatus(key.Kind, key.PublicKey, key.CreatedAt, key.EndsAt))], keys.Headers))
            : Problems.NotFound();

    private static async Task<Results<Created<RotatedKey>, ProblemHttpResult>> RotateAsync(
        Guid id, RotateBody body, ClaimsPrincipal user, HttpRequest request, RotateKey rotate, CancellationToken stop) =>
        await rotate.ExecuteAsync(new(user.ClientId, id, body.Kind, body.OverlapSeconds), stop) switch
        {
            RotateKey.Result.Rotated(var secret, var publicKey, var oldEndsAt) => TypedResults.Created(
                $"{request.PathBase}{request.Path}", new RotatedKey(body.Kind!, secret?.Reveal(), publicKey?.ToString(), oldEndsAt)),
            RotateKey.Result.Invalid(var reason) => Problems.Invalid(reason),
            RotateKey.Result.NotFound => Problems.NotFound(),
            var result => throw new UnreachableException($"{result}"),
        };

    private static Task<Results<Ok<AttemptStatus>, ProblemHttpResult>> TestAsync(
        Guid id, ClaimsPrincipal user, SendNow send, CancellationToken stop) => SendAsync(new(user.ClientId, id, Position: null), send, stop);

    private static async Task<Results<Ok<AttemptStatus>, ProblemHttpResult>> ResendAsync(
        Guid id, ResendBody body, ClaimsPrincipal user, SendNow send, CancellationToken stop) =>
        body.Position is null == body.Change is null || (body.Change is not null && body.Type is not null)
            ? Problems.Invalid("Name either position, the event's place in the log, or change, its number.")
            : await SendAsync(new(user.ClientId, id, body.Position) { Type = body.Type, Change = body.Change }, send, stop);

    private static async Task<Results<Ok<AttemptStatus>, ProblemHttpResult>> SendAsync(SendNow.Request request, SendNow send, CancellationToken stop) =>
        await send.ExecuteAsync(request, stop) switch
        {
            SendNow.Result.Sent(var attempt) => TypedResults.Ok(Show(attempt)),
            SendNow.Result.NoEvent(var last) => Problems.Invalid($"position must be from 1 to the log's last position, {last}."),
            SendNow.Result.NoChange => Problems.Invalid("change must be the number of a change that is still kept."),
            SendNow.Result.NoSuchType(var types) => Problems.Invalid($"type must be one of those at that place: {string.Join(", ", types)}."),
            SendNow.Result.NotFound => Problems.NotFound(),
            var result => throw new UnreachableException($"{result}"),
        };

    private static async Task<Results<Ok<AttemptList>, ProblemHttpResult>> AttemptsAsync(
        Guid id, Guid? before, bool? failed, int? limit, ClaimsPrincipal user, ReadDeliveries read, CancellationToken stop)
    {
        if (limit is < 1 or > MostAtOnce)
            return Problems.Invalid($"limit must be from 1 to {MostAtOnce}.");
        return await read.AttemptsAsync(user.ClientId, id, before, failed ?? false, limit ?? DefaultLimit, stop) is { } attempts
            ? TypedResults.Ok(new AttemptList([.. attempts.Select(Show)]))
            : Problems.NotFound();
    }

    private static async Task<Results<Ok<DeadLetterList>, ProblemHttpResult>> DeadLettersAsync(
        Guid id, long? after, ClaimsPrincipal user, ReadDeliveries read, CancellationToken stop) =>
        await read.DeadLettersAsync(user.ClientId, id, after ?? 0, MostAtOnce, stop) is { } letters
            ? TypedResults.Ok(new DeadLetterList([.. letters.Select(letter => new DeadLetterStatus(letter.Position, letter.Type, letter.Change == 0 ? null : letter.Change, letter.Attempts, letter.Reason, letter.DiedAt))]))
            : Problems.NotFound();

    private static async Task<Results<Accepted<Recovering>, ProblemHttpResult>> RecoverAsync(
        Guid id, RecoverBody body, ClaimsPrincipal user, RecoverEndpoint recover, CancellationToken stop) =>
        await recover.ExecuteAsync(new(user.ClientId, id, body.Since, body.After), stop) switch
        {
            RecoverEndpoint.Result.Recovering(var after, var events) => TypedResults.Accepted((string?)null, new Recovering(after, events)),
            RecoverEndpoint.Result.Invalid(var reason) => Problems.Invalid(reason),
            RecoverEndpoint.Result.NotFound => Problems.NotFound(),
            var result => throw new UnreachableException($"{result}"),
        };

    private static AttemptStatus Show(Attempt attempt) => new(
        attempt.Id, attempt.MessageId, attempt.Type, attempt.Position, attempt.Number, attempt.BeganAt, attempt.DurationMs, attempt.Status,
        attempt.Failure, attempt.AnswerHeaders, attempt.Answer is null ? null : Encoding.UTF8.GetString(attempt.Answer));
}
