using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Prices;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>
/// The former Rally's reads of what somebody holds and may do. There anybody could ask; here the token must be the account's own
/// or that of an app it has linked.
/// </summary>
internal static class FormerAccountEndpoints
{
    /// <summary>The first API.</summary>
    public static void MapFirst(IEndpointRouteBuilder v1)
    {
        // Without RequireAuthorization, which would refuse without an errorMessage.
        v1.MapGet("/users/rally/{rallyId}/balance", BalanceAsync).AllowAnonymous().Limited(RateLimit.Reads).Needs(AccountAccess.ReadBalances)
            .Described("v1Balance", "What an account holds", "As the former Rally's API had it. 'estimatedInUsd' is null without a price.")
            .Produces<IReadOnlyList<BalanceV1>>().Refuses(400);
        v1.MapGet("/users/rally/{rallyId}/flow_control_limits/{symbol}", LimitsAsync).AllowAnonymous().Limited(RateLimit.Reads).Needs(AccountAccess.ReadBalances)
            .Described("v1FlowControlLimits", "What an account may sell and send of a coin now", "As the former Rally's API had it. Null for a coin without flow control.")
            .Produces<LimitsV1>().Refuses(400, 404);
    }

    /// <summary>The second API.</summary>
    public static void MapSecond(IEndpointRouteBuilder api)
    {
        api.MapGet("/rally-network-wallets/{rallyId}/balance", WalletAsync).RequireAuthorization().Limited(RateLimit.Reads).Needs(AccountAccess.ReadBalances)
            .Described("walletBalance", "What a wallet holds", "As the former Rally's second API had it. An account has one wallet, with the account's id.")
            .Produces<IReadOnlyList<WalletBalance>>().Refuses(400);
        api.MapGet("/nft-templates", NoNfts).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("nftTemplates", "Kinds of NFTs", "As the former Rally's second API had it: none, for there are no NFTs here.")
            .Produces<IReadOnlyList<NftTemplate>>();
        api.MapGet("/nfts", NoNftsOf).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("nfts", "NFTs", "As the former Rally's second API had it: none, for there are no NFTs here.")
            .Produces<IReadOnlyList<Nft>>();
        api.MapGet("/nfts/{nftId}", (string nftId) => Problems.NftNotFound(nftId)).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("nft", "An NFT", "As the former Rally's second API had it: never found, for there are no NFTs here.")
            .Produces<Nft>().Refuses(404);
    }

    private static async Task<IResult> BalanceAsync(
        string rallyId, HttpContext http, IAuthorizationService authorization, ReadBalances read, ReadCoinFigures coins, UsdPrice usd, CancellationToken stop)
    {
        var (holder, refusal) = await HolderAsync(rallyId, http, authorization).ConfigureAwait(false);
        if (refusal is not null)
            return refusal;
        var balances = (await read.ExecuteAsync(holder, stop).ConfigureAwait(false)).Balances;
        var rate = usd.Current is { IsStale: false } now ? now.Rate : (UsdRate?)null;
        var answer = new List<BalanceV1>();
        foreach (var pair in balances.Chunk(2))
        {
            var found = await coins.FindAsync([.. pair.Select(balance => balance.Coin)], holder, stop).ConfigureAwait(false);
            answer.AddRange(pair.Select(balance => new BalanceV1(
                balance.Coin, new(balance.Amount), Number(Worth(balance.Amount, found[balance.Coin].Figures.Price, rate)))));
        }

        return TypedResults.Ok(answer);
    }

    private static async Task<IResult> LimitsAsync(
        string rallyId, string symbol, HttpContext http, IAuthorizationService authorization, ReadCoinFigures coins, TimeProvider time, CancellationToken stop)
    {
        var (holder, refusal) = await HolderAsync(rallyId, http, authorization).ConfigureAwait(false);
        if (refusal is not null)
            return refusal;
        if (!CoinSymbol.TryNormalize(symbol, out var known)
            || (await coins.FindAsync([known], holder, stop).ConfigureAwait(false)).GetValueOrDefault(known) is not { } found)
            return Problems.WithErrorMessage(Problems.CoinNotFound(symbol));
        // One allowance for both.
        var left = HolderLimits.Of(found.Figures, found.Holder, time.GetUtcNow()).SellAndSend;
        return TypedResults.Ok(new LimitsV1(known, Number(left?.Remaining), Number(left?.Remaining), Number(left?.Limit), left?.FullAt));
    }

    private static async Task<IResult> WalletAsync(
        string rallyId, string? symbolSearch, ClaimsPrincipal user, IAuthorizationService authorization, ReadBalances read, CancellationToken stop)
    {
        if (!RallyId.TryParse(rallyId, out var holder))
            return Problems.BadRequest("The wallet must be a Rally id.");
        if (!await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
            return TypedResults.Forbid();
        var balances = (await read.ExecuteAsync(holder, stop).ConfigureAwait(false)).Balances;
        return TypedResults.Ok(balances
            .Where(balance => symbolSearch is null || balance.Coin.Contains(symbolSearch, StringComparison.OrdinalIgnoreCase))
            .Select(balance => new WalletBalance(
                balance.Coin == CoinSymbol.Rly ? "RLY" : "CREATOR_COIN", balance.Coin, balance.Amount.MinorUnits, Amount.Scale)));
    }

    private static Ok<NftTemplate[]> NoNfts(string? creatorCoinSymbol) => TypedResults.Ok(Array.Empty<NftTemplate>());

    private static Ok<Nft[]> NoNftsOf(string? rallyNetworkWalletId, string? nftTemplateId) => TypedResults.Ok(Array.Empty<Nft>());

    /// <summary>Whose account it is, or why the caller is not told of it.</summary>
    private static async Task<(Guid Holder, IResult? Refusal)> HolderAsync(string rallyId, HttpContext http, IAuthorizationService authorization)
    {
        if (http.User.Identity is not { IsAuthenticated: true })
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"api\"";
            return (default, Problems.WithErrorMessage(Problems.NoToken()));
        }

        if (!RallyId.TryParse(rallyId, out var holder))
            return (default, Problems.WithErrorMessage(Problems.BadRequest("The account must be a Rally id.")));
        return await authorization.MayAsync(http.User, AccountAccess.ReadBalances, holder).ConfigureAwait(false)
            ? (holder, null)
            : (default, Problems.WithErrorMessage(Problems.NotLinked()));
    }

    /// <summary>In dollars, each step rounded towards zero; null where the coin or RLY has no price.</summary>
    private static Amount? Worth(Amount coins, Amount? price, UsdRate? rate) =>
        price is { } rly && rate is { } usd && (Int128)coins.MinorUnits * rly.MinorUnits / Amount.PerCoin is var worth && worth <= long.MaxValue
            ? usd.ToUsd(new Amount((long)worth))
            : null;

    private static JsonDecimal? Number(Amount? amount) => amount is { } known ? new JsonDecimal(known) : null;

    private sealed record BalanceV1(string CoinKind, JsonDecimal CoinBalance, JsonDecimal? EstimatedInUsd);

    private sealed record LimitsV1(string CoinKind, JsonDecimal? RemainingToSell, JsonDecimal? RemainingToSend, JsonDecimal? Limit, DateTimeOffset? FullAt);

    private sealed record WalletBalance(string CurrencyType, string Currency, long Amount, int Scale);

    private sealed record NftTemplate(string Id, string Title);

    private sealed record Nft(string Id, string NftTemplateId, string RallyNetworkWalletId);
}
