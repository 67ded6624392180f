using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Spending;
using Rally.Ledger.Trades;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>Every refusal of the ledger's API, as ProblemDetails (RFC 9457). The type is what programs switch on.</summary>
internal static class Problems
{
    public static ProblemHttpResult BadRequest(string detail) =>
        Problem(StatusCodes.Status400BadRequest, "invalid-request", "The request cannot be understood", detail);

    public static ProblemHttpResult MalformedAmount(string detail) =>
        Problem(StatusCodes.Status400BadRequest, "invalid-amount", "The amount cannot be understood", detail);

    /// <summary>What an amount must look like.</summary>
    public static string AmountRule(string member) =>
        $"'{member}' must be a plain decimal number with at most {Amount.Scale} digits after the point, such as \"0.5\".";

    public static ProblemHttpResult NotJson() =>
        Problem(StatusCodes.Status415UnsupportedMediaType, "invalid-request", "The request cannot be understood", "The body must be application/json.");

    public static ProblemHttpResult TooLarge(int limitBytes) =>
        Problem(StatusCodes.Status413PayloadTooLarge, "invalid-request", "The request cannot be understood", $"The body is larger than {limitBytes} bytes.");

    public static ProblemHttpResult CoinNotFound(string symbol) =>
        Problem(StatusCodes.Status404NotFound, "unknown-coin", "There is no such coin", $"No coin has the symbol '{symbol}'.");

    public static ProblemHttpResult PathNotFound(string? path) =>
        Problem(StatusCodes.Status404NotFound, "unknown-path", "There is no such address", $"Nothing is served at '{path}'; /openapi/v1.json lists what is.");

    public static ProblemHttpResult HoldersNotListed() => Problem(
        StatusCodes.Status404NotFound, "holders-not-listed", "Holders of RLY are not listed",
        "RLY is the money of all coins, so it has no list of holders; ask for a coin's.");

    public static ProblemHttpResult BlockNotFound(string height) =>
        Problem(StatusCodes.Status404NotFound, "unknown-block", "There is no such block", $"No block has the height '{height}'.");

    public static ProblemHttpResult PendingNotFound(string id) =>
        Problem(StatusCodes.Status404NotFound, "unknown-pending", "There is no such pending transfer", $"No pending transfer has the id '{id}'.");

    public static ProblemHttpResult NftNotFound(string id) =>
        Problem(StatusCodes.Status404NotFound, "unknown-nft", "There is no such NFT", $"No NFT has the id '{id}': there are none here.");

    public static ProblemHttpResult NoToken() =>
        Problem(StatusCodes.Status401Unauthorized, "unauthorized", "There is no valid token", "A valid access token is needed in the Authorization header.");

    public static ProblemHttpResult NotLinked() =>
        Problem(StatusCodes.Status403Forbidden, "not-linked", "The token may not do that", "The token does not reach this account: its owner must link the app, and allow it to see their coins.");

    /// <summary>As programs of the former Rally look for it.</summary>
    public static ProblemHttpResult WithErrorMessage(ProblemHttpResult problem)
    {
        problem.ProblemDetails.Extensions["errorMessage"] = problem.ProblemDetails.Detail;
        return problem;
    }

    public static ProblemHttpResult RateLimited(string detail) =>
        Problem(StatusCodes.Status429TooManyRequests, "rate-limited", "Too many requests", detail);

    public static ProblemHttpResult TransferNotFound(string id) =>
        Problem(StatusCodes.Status404NotFound, "unknown-transfer", "There is no such transfer", $"Nothing was posted under the id '{id}'.");

    public static ProblemHttpResult NoUsdPrice() =>
        Problem(StatusCodes.Status404NotFound, "no-usd-price", "There is no price in US dollars", "This installation is set up without a price of RLY in US dollars.");

    public static ProblemHttpResult UsdPriceUnknown() =>
        Problem(StatusCodes.Status404NotFound, "no-usd-price", "There is no price in US dollars", "The price of RLY in US dollars is not known yet.");

    public static ProblemHttpResult Stopping(string detail) =>
        Problem(StatusCodes.Status503ServiceUnavailable, "stopping", "The ledger is shutting down", detail);

    public static ProblemHttpResult ClockRefused(string detail) =>
        Problem(StatusCodes.Status503ServiceUnavailable, "clock-refused", "The ledger's clock is not to be trusted", detail);

    public static ProblemHttpResult For(PostTransfer.Result result) => result switch
    {
        PostTransfer.Result.Invalid invalid => BadRequest(invalid.Reason),
        PostTransfer.Result.InvalidAmount invalid => Refused("invalid-amount", "The amount cannot be transferred", invalid.Reason),
        PostTransfer.Result.Refused refused => For(refused.Reason),
        _ => throw new ArgumentException($"{result} is not a refusal.", nameof(result)),
    };

    public static ProblemHttpResult For(TradeCoins.Result result) => result switch
    {
        TradeCoins.Result.Invalid invalid => BadRequest(invalid.Reason),
        TradeCoins.Result.InvalidAmount invalid => Refused("invalid-amount", "The amount cannot be traded", invalid.Reason),
        TradeCoins.Result.Refused refused => For(refused.Reason),
        _ => throw new ArgumentException($"{result} is not a refusal.", nameof(result)),
    };

    public static ProblemHttpResult For(QuoteTrade.Result result) => result switch
    {
        QuoteTrade.Result.Invalid invalid => BadRequest(invalid.Reason),
        QuoteTrade.Result.InvalidAmount invalid => Refused("invalid-amount", "The amount cannot be traded", invalid.Reason),
        QuoteTrade.Result.Refused refused => For(refused.Reason),
        _ => throw new ArgumentException($"{result} is not a refusal.", nameof(result)),
    };

    public static ProblemHttpResult For(EndPending.Result result) => result switch
    {
        EndPending.Result.Invalid invalid => BadRequest(invalid.Reason),
        EndPending.Result.InvalidAmount invalid => Refused("invalid-amount", "The amount cannot be posted", invalid.Reason),
        EndPending.Result.Refused refused => For(refused.Reason),
        _ => throw new ArgumentException($"{result} is not a refusal.", nameof(result)),
    };

    public static ProblemHttpResult IdConflict() => Problem(
        StatusCodes.Status409Conflict,
        "id-conflict",
        "The id belongs to another transfer",
        "This id was posted before with other content. Make a new id for a new transfer.");

    /// <summary>What the account's owner says no to.</summary>
    public static ProblemHttpResult OverSpendingLimit(SpendingVerdict.OverLimit over)
    {
        var (limit, detail) = over.Bound switch
        {
            SpendingBound.Day => ("day", $"The account's owner lets this app spend {over.Limit} {over.Coin} in 24 hours; {over.Left} is left now."),
            SpendingBound.All => ("all", $"The account's owner lets this app spend {over.Limit} {over.Coin} in all; {over.Left} is left."),
            _ => ("none", $"The account's owner has set no limit of {over.Coin} for this app, so it may spend none."),
        };
        return Refused(
            "over-spending-limit", "The app may not spend that much", $"{detail} The owner changes that at /account/apps.",
            new() { ["coin"] = over.Coin, ["limit"] = limit, ["allowed"] = over.Limit, ["remaining"] = over.Left });
    }

    public static ProblemHttpResult BoundNeeded() => Refused(
        "bound-needed", "The trade must say the most that it may cost",
        "The price decides what this trade takes from the account, and an app spends within limits: send 'bound'.");

    /// <summary>What the ledger says no to, with what would be possible.</summary>
    public static ProblemHttpResult For(PostResult.Refused refusal) => refusal switch
    {
        PostResult.UnknownCoin unknown => Refused("unknown-coin", "There is no such coin", $"No coin has the symbol '{unknown.Symbol}'."),
        PostResult.SameAccount => Refused("same-account", "Sender and receiver are the same", "'from' and 'to' must differ."),
        PostResult.InsufficientFunds tooLittle => Refused(
            "insufficient-funds", "The sender holds too little", $"The sender has {tooLittle.Available} {tooLittle.Coin}.",
            new() { ["available"] = tooLittle.Available, ["coin"] = tooLittle.Coin }),
        PostResult.OverAllowance over => Refused(
            "over-allowance", "Flow control allows less", $"Of this coin {over.Remaining} may be sold and sent now; the allowance grows back over 30 days.",
            new() { ["remaining"] = over.Remaining }),
        PostResult.CoinSuspended suspended => Refused(
            "coin-suspended", "The coin is suspended", $"{suspended.Symbol} is suspended by the operator; nothing of it moves until that ends."),
        PostResult.NoMarket { Symbol: CoinSymbol.Rly } => Refused(
            "no-market", "RLY is not traded here", "RLY is what coins are bought with and sold for; send it to somebody as a transfer."),
        PostResult.NoMarket none => Refused("no-market", "The coin is not traded here", $"{none.Symbol} has a fixed supply: get it from somebody who has it."),
        PostResult.BeyondBound beyond => Refused(
            "beyond-bound", "The price has moved beyond your bound", $"It would be {beyond.Amount} now. Ask for a quote again.",
            new() { ["amount"] = beyond.Amount }),
        PostResult.SoldOut soldOut => Refused(
            "sold-out", "The curve has less to sell", $"{soldOut.Remaining} coins are left to sell.", new() { ["remaining"] = soldOut.Remaining }),
        PostResult.TooSmall => Refused("too-small", "The trade is too small", "One side of it would be nothing. Trade more at once; of all that is sold of a coin sell a part, for the creator's fee on all of it is all it brings."),
        PostResult.TooLarge tooLarge => Refused(
            "too-large", "There is not as much", $"{tooLarge.Most} is the most.", new() { ["most"] = tooLarge.Most }),
        PostResult.PurchaseTooLarge tooLarge => Refused(
            "purchase-too-large", "Purchase control allows less", $"At first, one purchase is at most {tooLarge.Largest} coins.",
            new() { ["largest"] = tooLarge.Largest }),
        PostResult.PurchaseTooSoon tooSoon => Refused(
            "purchase-too-soon", "Purchase control asks to wait", $"Your next purchase of this coin can be made at {tooSoon.Next:u}.",
            new() { ["next"] = tooSoon.Next }),
        PostResult.ExpiryPassed passed => Refused(
            "expiry-passed", "The transfer would be over before it began", $"'expiresAt' must lie ahead; {passed.ExpiresAt:u} does not."),
        PostResult.UnknownHold unknown => Refused("unknown-pending", "There is no such pending transfer", $"No pending transfer has the id '{unknown.Hold}'."),
        PostResult.HoldNotOpen closed => Refused("not-pending", "The transfer is no longer pending", $"It was {closed.State}.", new() { ["state"] = closed.State }),
        PostResult.MoreThanHeld more => Refused("more-than-pending", "Less than that is pending", $"{more.Held} is pending.", new() { ["held"] = more.Held }),
        PostResult.IdConflict => IdConflict(),
        _ => throw new ArgumentException($"{refusal} is not for callers.", nameof(refusal)),
    };

    private static ProblemHttpResult Refused(string type, string title, string detail, Dictionary<string, object?>? extensions = null) =>
        Problem(StatusCodes.Status422UnprocessableEntity, type, title, detail, extensions);

    private static ProblemHttpResult Problem(int status, string type, string title, string detail, Dictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: "urn:rally:" + type, extensions: extensions);
}
