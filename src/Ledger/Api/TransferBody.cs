using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>
/// Reads the body of <c>POST /transfers</c>, strictly: money is not moved on a guess. Every refusal names the member
/// at fault and what to write instead.
/// </summary>
internal static class TransferBody
{
    public const int LargestBytes = 16 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    private static readonly string[] Members = ["id", "from", "to", "coin", "amount", "note"];

    /// <returns>The request, or why there is none.</returns>
    public static async Task<(PostTransfer.Request? Request, IResult? Problem)> ReadAsync(HttpRequest http, CancellationToken stop)
    {
        if (!http.HasJsonContentType())
            return (null, Problems.NotJson());
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Body, Strict, stop).ConfigureAwait(false);
            return Read(body.RootElement);
        }
        catch (JsonException malformed)
        {
            return (null, Problems.BadRequest($"The body is not valid JSON: {malformed.Message}"));
        }
        catch (InvalidOperationException)
        {
            // JsonElement's way of saying that a name or a string holds half of a surrogate pair.
            return (null, Problems.BadRequest("The body holds text that is not valid Unicode."));
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problems.TooLarge(LargestBytes));
        }
    }

    private static (PostTransfer.Request? Request, IResult? Problem) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
            return Refuse("The body must be a JSON object.");
        if (body.EnumerateObject().FirstOrDefault(member => !Members.Contains(member.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            return Refuse($"'{unknown.Name}' is not a member of a transfer; those are {string.Join(", ", Members)}.");
        if (!RallyId.TryParse(Text(body, "id"), out var id))
            return Refuse("'id' must be a UUID of version 7 that you make.");
        if (!RallyId.TryParse(Text(body, "from"), out var from))
            return Refuse("'from' must be a Rally id.");
        if (!RallyId.TryParse(Text(body, "to"), out var to))
            return Refuse("'to' must be a Rally id.");
        if (Text(body, "coin") is not { } coin)
            return Refuse("'coin' must be a coin's symbol.");
        var note = "";
        if (body.TryGetProperty("note", out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (Text(body, "note") is not { } text)
                return Refuse("'note' must be a string.");
            note = text;
        }

        if (Text(body, "amount") is not { } number)
            return (null, Problems.MalformedAmount("'amount' must be a decimal number in a JSON string, such as \"0.5\"; a JSON number would lose digits."));
        if (!Amount.TryParse(number, out var amount))
            return (null, Problems.MalformedAmount($"'amount' must be a plain decimal number with at most {Amount.Scale} digits after the point, such as \"0.5\"."));
        return (new(id, from, to, coin, amount, note), null);
    }

    private static (PostTransfer.Request?, IResult?) Refuse(string detail) => (null, Problems.BadRequest(detail));

    /// <returns>Null when the member is missing or no string.</returns>
    private static string? Text(JsonElement body, string member) =>
        body.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
