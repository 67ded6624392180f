using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Leaving;
using Rally.Auth.Links;
using Rally.Auth.Mail;
using Rally.Auth.Pages;
using Rally.Auth.Passkeys;
using Rally.Auth.SecondFactors;
using Rally.Auth.Server;
using Rally.Auth.Server.Devices;
using Rally.Auth.Server.Keys;
using Rally.Auth.Spending;
using Rally.Storage;

namespace Rally.Auth;

/// <summary>Which path each endpoint and page is at.</summary>
internal static class AuthEndpoints
{
    /// <summary>Maps the OAuth endpoints and the pages at the root of <paramref name="root"/>.</summary>
    public static void Map(IEndpointRouteBuilder root)
    {
        MapServer(root.MapGroup("").AddEndpointFilter(new DeletedMeanwhile(context =>
            OAuthJson.Error(context.Response, OAuthError.InvalidGrant(DeletedMeanwhile.Sentence)))));
        MapPages(root.MapGroup("").AddEndpointFilter(new DeletedMeanwhile(_ => new PageResult(
            "This is gone", $"""<p role="alert">{DeletedMeanwhile.Sentence}</p>""", StatusCodes.Status409Conflict))));
    }

    private static void MapServer(IEndpointRouteBuilder app)
    {
        foreach (var path in new[] { Paths.Metadata, Paths.OpenIdMetadata })
            app.MapGet(path, (HttpContext context, MetadataEndpoint endpoint) => endpoint.Handle(context));
        app.MapGet(Paths.Jwks, (HttpContext context, JwksEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapPost(Paths.PushedRequest, (HttpContext context, PushedRequestEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapPost(Paths.Token, (HttpContext context, TokenEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapPost(Paths.DeviceAuthorization, (HttpContext context, DeviceAuthorizationEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapPost(Paths.Revoke, (HttpContext context, RevocationEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapPost(Paths.Introspect, (HttpContext context, IntrospectionEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapMethods(Paths.UserInfo, [HttpMethods.Get, HttpMethods.Post], (HttpContext context, UserInfoEndpoint endpoint) => endpoint.HandleAsync(context))
            .RequireAuthorization(new AuthorizationPolicyBuilder(BearerHandler.Name)
                .RequireClaim("sub").RequireClaim("scope", KnownScopes.OpenId.Name, KnownScopes.Profile.Name).Build());
    }

    private static void MapPages(IEndpointRouteBuilder app)
    {
        var limit = app.ServiceProvider.GetRequiredService<AddressLimit>();
        app.MapGet(Paths.Authorize, (HttpContext context, AuthorizePage page) => page.HandleAsync(context));
        app.MapGet(Paths.Consent, (HttpContext context, ConsentPage page) => page.ShowAsync(context));
        app.MapPost(Paths.Consent, (HttpContext context, ConsentPage page) => page.SubmitAsync(context));
        app.MapGet(Paths.SignIn, (HttpContext context, SignInPage page) => page.ShowAsync(context));
        app.MapPost(Paths.SignIn, (HttpContext context, SignInPage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.SignUp, (HttpContext context, SignUpPage page) => page.ShowAsync(context));
        app.MapPost(Paths.SignUp, (HttpContext context, SignUpPage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.SignOut, (HttpContext context, SignOutPage page) => page.ShowAsync(context));
        app.MapPost(Paths.SignOut, (HttpContext context, SignOutPage page) => page.SubmitAsync(context));
        app.MapGet(Paths.Device, (HttpContext context, DevicePage page) => page.ShowAsync(context));
        app.MapPost(Paths.Device, (HttpContext context, DevicePage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.Account, (HttpContext context, AccountPage page) => page.ShowAsync(context));
        app.MapPost(Paths.EndSession, (HttpContext context, SessionsPage page) => page.EndAsync(context));
        app.MapPost(Paths.EndOtherSessions, (HttpContext context, SessionsPage page) => page.EndOthersAsync(context));
        app.MapGet(Paths.Password, (HttpContext context, PasswordPage page) => page.ShowAsync(context));
        app.MapPost(Paths.Password, (HttpContext context, PasswordPage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.Email, (HttpContext context, EmailPage page) => page.ShowAsync(context));
        app.MapPost(Paths.Email, (HttpContext context, EmailPage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.ConfirmEmail, (HttpContext context, EmailPage page) => page.ShowLinkAsync(context));
        app.MapPost(Paths.ConfirmEmail, (HttpContext context, EmailPage page) => page.ConfirmAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.ForgotPassword, (HttpContext context, ResetPasswordPage page) => page.ShowAsync(context));
        app.MapPost(Paths.ForgotPassword, (HttpContext context, ResetPasswordPage page) => page.AskAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.ResetPassword, (HttpContext context, ResetPasswordPage page) => page.ShowLinkAsync(context));
        app.MapPost(Paths.ResetPassword, (HttpContext context, ResetPasswordPage page) => page.SetAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.SignInCode, (HttpContext context, SignInCodePage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.SecondFactor, (HttpContext context, SecondFactorPage page) => page.ShowAsync(context));
        app.MapPost(Paths.SecondFactor, (HttpContext context, SecondFactorPage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.Operator, (HttpContext context, OperatorPage page) => page.ShowAsync(context));
        app.MapPost(Paths.LockAccount, (HttpContext context, OperatorPage page) => page.LockAsync(context));
        app.MapPost(Paths.UnlockAccount, (HttpContext context, OperatorPage page) => page.UnlockAsync(context));
        app.MapPost(Paths.ReplaceSigningKeys, (HttpContext context, OperatorPage page) => page.ReplaceKeysAsync(context));
        app.MapGet(Paths.OperatorSetup, (HttpContext context, OperatorSetupPage page) => page.ShowAsync(context));
        app.MapPost(Paths.OperatorSetup, (HttpContext context, OperatorSetupPage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.RevokeApp, (HttpContext context, AccountPage page) => page.RevokeAsync(context));
        app.MapGet(Paths.ExportAccount, (HttpContext context, LeavingPage page) => page.ExportAsync(context));
        app.MapGet(Paths.DeleteAccount, (HttpContext context, LeavingPage page) => page.ShowAsync(context));
        app.MapPost(Paths.DeleteAccount, (HttpContext context, LeavingPage page) => page.DeleteAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.DeleteAccountByPasskey, (HttpContext context, LeavingPage page) => page.DeleteByPasskeyAsync(context)).AddEndpointFilter(limit);
        MapPasskeys(app, limit);
        app.MapGet(Paths.Apps, (HttpContext context, AppPage page) => page.ShowAsync(context));
        app.MapPost(Paths.Apps, (HttpContext context, AppPage page) => page.SetAsync(context)).AddEndpointFilter(limit);
        app.MapApps(limit);
        MapLinks(app);
        FormerAuthModule.MapTransferPages(app);
        app.MapGet(Paths.Stylesheet, Stylesheet.Handle);
    }

    /// <summary>Maps what the API says of accounts at the root of <paramref name="api"/>.</summary>
    public static void MapApi(IEndpointRouteBuilder api) =>
        api.MapGet("/accounts/{rallyId}/links", (HttpContext context, string rallyId, IAuthorizationService authorization, LinkAges ages) => ages.AnswerAsync(context, rallyId, authorization))
            .RequireAuthorization(policy => policy.RequireClaim("scope", KnownScopes.ReadLinks.Name))
            .WithTags("Accounts").WithName("getLinks").WithSummary("What an account has linked, and since when")
            .WithDescription("Not whom: kinds of accounts elsewhere, and the age of each link, by which rules tell accounts made for the occasion.")
            .Produces<LinkAges.AccountLinksJson>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    private static void MapPasskeys(IEndpointRouteBuilder app, AddressLimit limit)
    {
        app.MapPost(Paths.SignInPasskey, (HttpContext context, SignInPage page) => page.SubmitPasskeyAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.Prove, (HttpContext context, ProvePage page) => page.ShowAsync(context));
        app.MapPost(Paths.Prove, (HttpContext context, ProvePage page) => page.SubmitAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.ProvePasskey, (HttpContext context, ProvePage page) => page.SubmitPasskeyAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.Passkeys, (HttpContext context, PasskeysPage page) => page.ShowAsync(context));
        app.MapPost(Paths.AddPasskey, (HttpContext context, PasskeysPage page) => page.AddAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.RenamePasskey, (HttpContext context, PasskeysPage page) => page.RenameAsync(context));
        app.MapPost(Paths.RemovePasskey, (HttpContext context, PasskeysPage page) => page.RemoveAsync(context));
        app.MapGet(Paths.PasskeyScript, PasskeyScript.Handle);
    }

    private static void MapLinks(IEndpointRouteBuilder app)
    {
        app.MapGet(Paths.Links, (HttpContext context, LinksPage page) => page.ShowAsync(context));
        app.MapPost(Paths.RemoveLink, (HttpContext context, LinksPage page) => page.RemoveAsync(context));
        app.MapPost(Paths.MoveLink, (HttpContext context, LinksPage page) => page.MoveAsync(context));
        app.MapGet(Paths.Wallet, (HttpContext context, WalletPage page) => page.ShowAsync(context));
        app.MapPost(Paths.Wallet, (HttpContext context, WalletPage page) => page.AskAsync(context));
        app.MapPost(Paths.WalletSignature, (HttpContext context, WalletPage page) => page.SubmitAsync(context));
        app.MapGet(Paths.WalletScript, WalletScript.Handle);
        foreach (var provider in new[] { LinkProvider.Discord, LinkProvider.Twitch })
        {
            app.MapGet(LinkWays.PageOf(provider), (HttpContext context, SignInLinkPage page) => page.ShowAsync(context, provider));
            app.MapPost(LinkWays.PageOf(provider), (HttpContext context, SignInLinkPage page) => page.SubmitAsync(context, provider));
            app.MapGet(LinkWays.DoneOf(provider), (HttpContext context, SignInLinkPage page) => page.FinishAsync(context, provider));
        }
    }
}
