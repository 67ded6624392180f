using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>Every refusal of the ledger's API, as ProblemDetails (RFC 9457). The type is what programs switch on.</summary>
internal static class Problems
{
    public static ProblemHttpResult BadRequest(string detail) =>
        Problem(StatusCodes.Status400BadRequest, "invalid-request", "The request cannot be understood", detail);

    public static ProblemHttpResult MalformedAmount(string detail) =>
        Problem(StatusCodes.Status400BadRequest, "invalid-amount", "The amount cannot be understood", detail);

    public static ProblemHttpResult NotJson() =>
        Problem(StatusCodes.Status415UnsupportedMediaType, "invalid-request", "The request cannot be understood", "The body must be application/json.");

    public static ProblemHttpResult TooLarge(int limitBytes) =>
        Problem(StatusCodes.Status413PayloadTooLarge, "invalid-request", "The request cannot be understood", $"The body is larger than {limitBytes} bytes.");

    public static ProblemHttpResult CoinNotFound(string symbol) =>
        Problem(StatusCodes.Status404NotFound, "unknown-coin", "There is no such coin", $"No coin has the symbol '{symbol}'.");

    public static ProblemHttpResult TransferNotFound(string id) =>
        Problem(StatusCodes.Status404NotFound, "unknown-transfer", "There is no such transfer", $"Nothing was posted under the id '{id}'.");

    public static ProblemHttpResult NoUsdPrice() =>
        Problem(StatusCodes.Status404NotFound, "no-usd-price", "There is no price in US dollars", "This installation is set up without a price of RLY in US dollars.");

    public static ProblemHttpResult UsdPriceUnknown() =>
        Problem(StatusCodes.Status404NotFound, "no-usd-price", "There is no price in US dollars", "The price of RLY in US dollars is not known yet.");

    public static ProblemHttpResult Stopping(string detail) =>
        Problem(StatusCodes.Status503ServiceUnavailable, "stopping", "The ledger is shutting down", detail);

    public static ProblemHttpResult For(PostTransfer.Result refusal) => refusal switch
    {
        PostTransfer.Result.Invalid invalid => BadRequest(invalid.Reason),
        PostTransfer.Result.InvalidAmount invalid => Refused("invalid-amount", "The amount cannot be transferred", invalid.Reason),
        PostTransfer.Result.UnknownCoin unknown => Refused("unknown-coin", "There is no such coin", $"No coin has the symbol '{unknown.Symbol}'."),
        PostTransfer.Result.SameAccount => Refused("same-account", "Sender and receiver are the same", "'from' and 'to' must differ."),
        PostTransfer.Result.InsufficientFunds tooLittle => Refused(
            "insufficient-funds",
            "The sender holds too little",
            $"The sender has {tooLittle.Available} of this coin.",
            new() { ["available"] = tooLittle.Available }),
        PostTransfer.Result.IdConflict => Problem(
            StatusCodes.Status409Conflict,
            "id-conflict",
            "The id belongs to another transfer",
            "This id was posted before with other content. Make a new id for a new transfer."),
        _ => throw new ArgumentException($"{refusal} is not a refusal.", nameof(refusal)),
    };

    private static ProblemHttpResult Refused(string type, string title, string detail, Dictionary<string, object?>? extensions = null) =>
        Problem(StatusCodes.Status422UnprocessableEntity, type, title, detail, extensions);

    private static ProblemHttpResult Problem(int status, string type, string title, string detail, Dictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: "urn:rally:" + type, extensions: extensions);
}
