using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;
using Rally.Ledger.Escrow;

namespace Rally.Ledger.Api;

/// <summary>The body of <c>POST /transfers/{id}/post</c>.</summary>
internal sealed record PostPendingBody(
    [property: Description("A new UUID of version 7 that you make.")] Guid Id,
    [property: Description("What to take, the rest goes back to the sender; absent for all of it.")] Amount? Amount = null);

/// <summary>The body of <c>POST /transfers/{id}/void</c>.</summary>
internal sealed record VoidPendingBody(
    [property: Description("A new UUID of version 7 that you make.")] Guid Id);

/// <summary>Reads the two.</summary>
internal static class PendingBody
{
    /// <returns>The request, or why there is none.</returns>
    public static Task<(EndPending.Request? Request, IResult? Problem)> ReadAsync(
        HttpRequest http, Guid pending, bool takes, CancellationToken stop) =>
        JsonBody.ReadAsync<EndPending.Request>(http, TransferBody.LargestBytes, body => Read(body, pending, takes), stop);

    private static (EndPending.Request?, IResult?) Read(JsonElement body, Guid pending, bool takes)
    {
        var members = takes
            ? JsonMembers.Of<PostPendingBody>(body, "this request")
            : JsonMembers.Of<VoidPendingBody>(body, "this request");
        var request = new EndPending.Request(members.Id("id"), pending, takes, takes ? members.OptionalAmount("amount") : null);
        return members.Problem is { } problem ? (null, problem) : (request, null);
    }
}
