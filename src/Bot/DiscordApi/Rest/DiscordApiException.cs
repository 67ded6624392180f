using System.Net;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>Discord refused a request, or kept failing at it.</summary>
internal sealed class DiscordApiException(
    HttpStatusCode status, int code, string reason, string route, IReadOnlyList<string> errors)
    : Exception($"Discord answered {(int)status} (code {code}) to {route}: {reason}{string.Concat(errors.Select(error => "; " + error))}")
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>See <see cref="DiscordErrorCode"/>; 0 when Discord gave none.</summary>
    public int Code { get; } = code;

    /// <summary>Discord's words, without the details in <see cref="Errors"/>.</summary>
    public string Reason { get; } = reason;

    /// <summary>Method and template of the route, without ids and tokens.</summary>
    public string Route { get; } = route;

    /// <summary>What was wrong in the body, as <c>options.0.name: message</c>.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
