using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
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
using Rally.Auth.Server.Dpop;
using Rally.Auth.Server.Keys;
using Rally.Auth.Spending;
using Rally.Storage;

namespace Rally.Auth;

/// <summary>Accounts, sign-in and the OAuth 2 authorization server.</summary>
public static class AuthModule
{
    /// <summary>
    /// Registers the module, its migrations, the authentication scheme <c>Bearer</c> as the default, and the handler
    /// that answers <c>OperationAuthorizationRequirement</c>s on a Rally id. The host adds the store
    /// (<c>AddStorage</c>), and Data Protection keys that last if sessions are to outlive a restart.
    /// </summary>
    public static IServiceCollection AddAuth(this IServiceCollection services, Action<AuthOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOutbox();
        services.AddMigrations("auth", typeof(AuthModule).Assembly);
        services.AddOptions<AuthOptions>().Configure(configure ?? (_ => { })).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthOptions>, AuthOptionsValidation>();
        AddAccounts(services);
        AddServer(services);
        services.AddApps();
        AddSpending(services);
        AddLinks(services, configure);
        AddPages(services);
        FormerAuthModule.AddFormer(services);
        services.AddLogging(logging => logging
            // Codes and the tokens of links are in addresses, which the framework logs as they come.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", level => level >= LogLevel.Warning)
            .AddFilter(typeof(LinkSignIn).FullName, level => level >= LogLevel.Information)
            // A cookie that anybody may send is no error of ours, and what comes with it no reason for a stack trace.
            .AddFilter("Microsoft.AspNetCore.Antiforgery", level => level == LogLevel.Warning));
        return services;
    }

    /// <summary>Maps the OAuth endpoints and the pages at the root of <paramref name="app"/>.</summary>
    public static IEndpointRouteBuilder MapAuthEndpoints(this IEndpointRouteBuilder app)
    {
        AuthEndpoints.Map(app);
        return app;
    }

    /// <summary>Maps what the API says of accounts under the host's prefix.</summary>
    public static IEndpointRouteBuilder MapAuthApi(this IEndpointRouteBuilder api)
    {
        AuthEndpoints.MapApi(api);
        return api;
    }

    private static void AddAccounts(IServiceCollection services)
    {
        // Before Identity, which would add its own with the lifetime of a request.
        services.AddSingleton<ILookupNormalizer, UserName>();
        services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<IUserStore<Account>>(provider => provider.GetRequiredService<AccountStore>());
        services.AddIdentityCore<Account>().AddSignInManager();
        services.AddOptions<PasswordHasherOptions>().Configure<IOptions<AuthOptions>>(
            (hasher, auth) => hasher.IterationCount = auth.Value.PasswordHashIterations);
        services.AddSingleton<AddressLimit>();
        services.AddSingleton<HashingTurns>();
        services.AddSingleton(provider => new CreateAccount(
            provider.GetRequiredService<AccountStore>(),
            provider.GetRequiredService<IPasswordHasher<Account>>(),
            provider.GetRequiredService<HashingTurns>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new FindAccount(provider.GetRequiredService<AccountStore>()));
        services.AddSingleton(provider => new FirstOperator(provider.GetRequiredService<Database>(), provider.GetRequiredService<LinkTokens>()));
        services.AddSingleton<SecondFactor>();
        services.AddSingleton<HalfSignIn>();
        services.AddSingleton<LockAccount>();
        services.AddSingleton<SearchAccounts>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<UserInfoEndpoint>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SetPassword>();
        services.AddSingleton<ChangePassword>();
        services.AddScoped<BrowserSession>();
        AddPasskeys(services);
        AddMail(services);

        services.AddAuthentication(BearerHandler.Name)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(BearerHandler.Name, null)
            .AddCookie(IdentityConstants.ApplicationScheme, cookie =>
            {
                cookie.Cookie.Name = "rally.session";
                cookie.Cookie.HttpOnly = true;
                cookie.Cookie.SameSite = SameSiteMode.Lax;
                cookie.Cookie.IsEssential = true;
                cookie.SlidingExpiration = true;
            });
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme)
            .Configure<IOptions<AuthOptions>>((cookie, auth) =>
            {
                cookie.ExpireTimeSpan = auth.Value.SessionIdleLifetime;
                // Behind a proxy that ends TLS, the request itself may look like http.
                cookie.Cookie.SecurePolicy = auth.Value.PublicUrl?.Scheme == Uri.UriSchemeHttps
                    ? CookieSecurePolicy.Always
                    : CookieSecurePolicy.SameAsRequest;
            });
    }

    private static void AddPasskeys(IServiceCollection services)
    {
        services.AddSingleton<PasskeyStore>();
        services.AddSingleton<PasskeyTickets>();
        services.AddSingleton<IConfigureOptions<IdentityPasskeyOptions>, PasskeySettings>();
        services.AddScoped<AddPasskey>();
        services.AddScoped<CheckPasskey>();
        services.AddSingleton<ChangePasskey>();
        services.AddScoped<PasskeysPage>();
        services.AddScoped<ProvePage>();
        services.AddSingleton<RecentProof>();
    }

    private static void AddMail(IServiceCollection services)
    {
        services.AddSingleton<LinkTokens>();
        services.AddSingleton<Outbox>();
        services.AddSingleton<Notices>();
        services.AddSingleton<SetEmail>();
        services.AddSingleton<ResetPassword>();
        services.AddHostedService(provider => provider.GetRequiredService<ResetPassword>());
        services.AddHostedService<SendMail>();
    }

    private static void AddServer(IServiceCollection services)
    {
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationHandler, GrantedOperationHandler>();
        services.AddSingleton(new ScopeCatalog(KnownScopes.All));
        services.AddSingleton<ClientStore>();
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<PushedRequests>();
        services.AddSingleton<PushedRequestEndpoint>();
        services.AddSingleton<AuthorizationRequestReader>();
        services.AddSingleton<Issuer>();
        services.AddSingleton<DpopProofs>();
        services.AddSingleton<GrantStore>();
        services.AddSingleton(provider => new FindTokens(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<AppGate>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OwnGrants>();
        services.AddSingleton<KnownClients>();
        services.AddSingleton<KnownRefreshTokens>();
        services.AddSingleton<Consents>();
        services.AddSingleton<IssueCode>();
        services.AddSingleton<RedeemCode>();
        services.AddSingleton<RotateRefreshToken>();
        services.AddSingleton<IssueClientToken>();
        services.AddSingleton<DeviceRequests>();
        services.AddSingleton<DeviceAuthorizationEndpoint>();
        services.AddSingleton<RedeemDeviceCode>();
        services.AddSingleton<RevokeToken>();
        services.AddSingleton<MetadataEndpoint>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<RevocationEndpoint>();
        services.AddSingleton<IntrospectToken>();
        services.AddSingleton<IntrospectionEndpoint>();
        services.AddDataProtection();
        services.TryAddSingleton<MakeKeyPair>(_ => KeyPair.Make);
        services.AddSingleton<SigningKeys>();
        services.AddSingleton(provider => new ReplaceSigningKeys(provider.GetRequiredService<SigningKeys>()));
        services.AddSingleton<JwksEndpoint>();
        services.AddSingleton<IdTokenWriter>();
        services.AddHostedService<RotateSigningKeys>();
        services.AddSingleton<PruneExpired>();
        services.AddHostedService(provider => provider.GetRequiredService<PruneExpired>());
    }

    private static void AddSpending(IServiceCollection services)
    {
        services.AddSingleton<LimitStore>();
        services.AddSingleton<SpendingUses>();
        services.AddSingleton<SettleSpending>();
        services.AddHostedService(provider => provider.GetRequiredService<SettleSpending>());
        services.AddSingleton(provider => new SpendingLimits(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<SettleSpending>(), provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddLinks(IServiceCollection services, Action<AuthOptions>? configure)
    {
        services.AddSingleton<ExportAccount>();
        services.AddSingleton<DeleteAccount>();
        services.AddScoped<LeavingPage>();
        services.AddSingleton<LinkTold>();
        services.AddSingleton(provider => new LinkReaders(provider.GetRequiredService<Consents>()));
        services.AddSingleton<LinkStore>();
        services.AddSingleton<MakeLink>();
        services.AddSingleton<MoveLink>();
        services.AddSingleton<RemoveLink>();
        services.AddSingleton<VouchForLink>();
        services.AddSingleton<LinkAges>();
        services.AddSingleton<LinkWallet>();
        services.AddSingleton<LinkWays>();
        services.AddScoped<LinksPage>();
        services.AddScoped<WalletPage>();
        services.AddScoped<SignInLinkPage>();
        services.AddLinkSignIns(configure);
    }

    private static void AddPages(IServiceCollection services)
    {
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "rally.form";
            // A page reached from another site must find the token of the tabs already open.
            antiforgery.Cookie.SameSite = SameSiteMode.Lax;
            // Never Always: behind a proxy that ends TLS and does not say so, the framework would then throw.
            antiforgery.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // The pages say DENY themselves.
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddSingleton<Forms>();
        services.AddScoped<PasskeyForms>();
        services.AddSingleton<PendingAuthorization>();
        services.AddSingleton<SignInAge>();
        services.AddScoped<AuthorizePage>();
        services.AddScoped<ConsentPage>();
        services.AddScoped<SignInPage>();
        services.AddScoped<SignUpPage>();
        services.AddScoped<SignOutPage>();
        services.AddScoped<AccountPage>();
        services.AddScoped<AppPage>();
        services.AddScoped<SessionsPage>();
        services.AddScoped<PasswordPage>();
        services.AddScoped<DevicePage>();
        services.AddScoped<EmailPage>();
        services.AddScoped<SignInCodePage>();
        services.AddScoped<SecondFactorPage>();
        services.AddScoped<OperatorPage>();
        services.AddScoped<OperatorSetupPage>();
        services.AddScoped<ResetPasswordPage>();
    }
}
