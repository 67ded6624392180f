using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Former;
using Rally.Auth.Pages;
using Rally.Auth.Server;
using Rally.Auth.Transfers;

namespace Rally.Auth;

/// <summary>What of the former Rally's API concerns accounts and apps. <see cref="AuthModule.AddAuth"/> adds what it needs.</summary>
public static class FormerAuthModule
{
    private static DeletedMeanwhile Gone { get; } =
        new(_ => FormerJson.Problem(StatusCodes.Status409Conflict, "gone", "What this was about is gone", DeletedMeanwhile.Sentence));

    /// <summary>Maps the part of the first API under the host's prefix.</summary>
    public static IEndpointRouteBuilder MapFormerAuthEndpoints(this IEndpointRouteBuilder v1)
    {
        var api = v1.MapGroup("").WithTags("Former API").AllowAnonymous().AddEndpointFilter(Gone); // the endpoints look at the token, and refuse in its API's words
        api.MapPost("/oauth/register", (HttpContext context, FormerTokens tokens) => tokens.RegisterAsync(context))
            .Takes<FormerTokens.RegisterBody>().Answers<FormerTokens.TokenAnswer>(400, 401, 403)
            .Described("v1Register", "Sign an app in", "As the former Rally's API had it: user name and password are the app's client id and secret.");
        api.MapPost("/oauth/refresh", (HttpContext context, FormerTokens tokens) => tokens.RefreshAsync(context))
            .Takes<FormerTokens.RefreshBody>().Answers<FormerTokens.TokenAnswer>(400, 401, 403)
            .Described("v1Refresh", "Renew an app's token", "As the former Rally's API had it. Each refresh token is replaced at its use; an old one ends them all.");
        api.MapPost("/oauth/authorize", (HttpContext context, FormerLinking linking) => linking.AuthorizeAsync(context))
            .Takes<FormerLinking.AuthorizeBody>().Answers<FormerLinking.AuthorizeAnswer>(400, 401, 403)
            .Described("v1Authorize", "Begin to link a person", "As the former Rally's API had it: send the person to the address in the answer, within an hour.");
        api.MapPost("/oauth/userinfo", (HttpContext context, FormerLinking linking) => linking.UserInfoAsync(context))
            .Takes<FormerLinking.UserInfoBody>().Answers<FormerLinking.UserInfoAnswer>(400, 401, 403)
            .Described("v1LinkedUser", "Who was linked", "As the former Rally's API had it: for the code that came to the callback, once.");
        api.MapGet("/users/rally/{rallyId}/userinfo", (HttpContext context, string rallyId, FormerAccounts accounts) => accounts.UserInfoAsync(context, rallyId))
            .Answers<FormerLinking.UserInfoAnswer>(400, 401, 403)
            .Described("v1UserInfo", "Who a linked person is", "As the former Rally's API had it.");
        if (HasTransfers(v1))
            MapTransfers(api);
        return v1;
    }

    /// <summary>Maps the part of the second API under the host's prefix.</summary>
    public static IEndpointRouteBuilder MapSecondFormerAuthEndpoints(this IEndpointRouteBuilder api)
    {
        var second = api.MapGroup("").WithTags("Former API").AllowAnonymous().AddEndpointFilter(Gone);
        second.MapGet("/accounts/{rallyId}", (HttpContext context, string rallyId, FormerAccounts accounts) => accounts.AccountAsync(context, rallyId))
            .Answers<FormerAccounts.AccountAnswer>(400, 401, 403)
            .Described("account", "Who a linked person is", "As the former Rally's second API had it. An account has one wallet, with the account's id.");
        second.MapGet("/accounts", (HttpContext context, string? rallyNetworkWalletId, FormerAccounts accounts) => accounts.AccountAsync(context, rallyNetworkWalletId))
            .Answers<FormerAccounts.AccountAnswer>(400, 401, 403)
            .Described("accountOfWallet", "Whose a wallet is", "As the former Rally's second API had it. An account has one wallet, with the account's id.");
        return api;
    }

    // Asked without making one: that would open the store, which a verb may be about to write.
    private static bool HasTransfers(IEndpointRouteBuilder app) =>
        app.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(ITransferLedger));

    private static void MapTransfers(RouteGroupBuilder api)
    {
        api.MapPost("/transactions/transfer/initiate", (HttpContext context, FormerTransfers transfers) => transfers.InitiateAsync(context))
            .Takes<FormerTransfers.InitiateBody>().Answers<FormerTransfers.InitiateAnswer>(400, 401, 403, 422)
            .Described("v1InitiateTransfer", "Ask for a transfer", "As the former Rally's API had it: the sender, who has linked the app, agrees on a page within an hour, or has let the app spend so much.");
        api.MapGet("/transactions/{transactionId}/status", (HttpContext context, string transactionId, FormerTransfers transfers) => transfers.StatusAsync(context, transactionId))
            .Answers<FormerTransfers.StatusAnswer>(401, 404)
            .Described("v1TransactionStatus", "What became of a transfer", "As the former Rally's API had it: pending, approved, refused or expired.");
    }

    internal static void MapTransferPages(IEndpointRouteBuilder app)
    {
        if (!HasTransfers(app))
            return;
        app.MapGet(Paths.Transfers, (HttpContext context, TransfersPage page) => page.ListAsync(context));
        app.MapGet(Paths.Transfers + "/{id}", (HttpContext context, string id, TransfersPage page) => page.ShowAsync(context, id));
        app.MapPost(Paths.Transfers + "/{id}", (HttpContext context, string id, TransfersPage page) => page.DecideAsync(context, id));
    }

    internal static void AddFormer(IServiceCollection services)
    {
        services.AddSingleton<FormerTokens>();
        services.AddSingleton<FormerLinking>();
        services.AddSingleton<FormerAccounts>();
        services.AddSingleton<FormerTransfers>();
        services.AddSingleton<TransferRequests>();
        services.AddSingleton<PassTransfer>();
        services.AddSingleton<DecideTransfer>();
        services.AddHostedService(provider => provider.GetRequiredService<DecideTransfer>());
        services.AddScoped<TransfersPage>();
    }

    private static RouteHandlerBuilder Described(this RouteHandlerBuilder endpoint, string name, string summary, string description) =>
        endpoint.WithName(name).WithSummary(summary).WithDescription(description);

    // Any content type: those programs do not all name theirs.
    private static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint)
        where T : notnull =>
        endpoint.Accepts<T>("application/json", "*/*").WithMetadata(new RequestSizeLimitAttribute(FormerJson.LargestBytes)).ProducesProblem(413);

    private static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> refusals)
    {
        endpoint.Produces<T>();
        foreach (var status in refusals)
            endpoint.ProducesProblem(status);
        return endpoint;
    }
}
