using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Mail;
using Rally.Auth.Pages;
using Rally.Auth.Server;

namespace Rally.Auth;

/// <summary>Apps that people register, and what operators think of them.</summary>
internal static class AppsModule
{
    public static void AddApps(this IServiceCollection services)
    {
        services.AddSingleton<AppGate>();
        services.AddSingleton<AppRules>();
        services.AddSingleton<CreateApp>();
        services.AddSingleton<ChangeApp>();
        services.AddSingleton<ChangeAppSecret>();
        services.AddSingleton<ChangeAppLogo>();
        services.AddSingleton<DecideApp>();
        services.AddSingleton<LogoEndpoint>();
        services.AddScoped<DeveloperPage>();
        services.AddScoped<OwnAppPage>();
        services.AddScoped<OperatorAppsPage>();
        services.AddScoped(provider => new OwnerPages(
            provider.GetRequiredService<BrowserSession>(), provider.GetRequiredService<RecentProof>(),
            provider.GetRequiredService<ClientStore>(), provider.GetRequiredService<Forms>()));
        services.AddSingleton(provider => new TellAppOwner(
            provider.GetRequiredService<ClientStore>(), provider.GetRequiredService<AccountStore>(),
            provider.GetRequiredService<Consents>(), provider.GetRequiredService<Notices>()));
        services.AddSingleton(provider => new FindApp(provider.GetRequiredService<ClientStore>(), provider.GetRequiredService<AppGate>()));
        services.AddSingleton(provider => new RegisterApp(
            provider.GetRequiredService<ClientStore>(), provider.GetRequiredService<ScopeCatalog>()));
    }

    public static void MapApps(this IEndpointRouteBuilder app, AddressLimit limit)
    {
        app.MapGet(Paths.Developer, (HttpContext context, DeveloperPage page) => page.ShowAsync(context));
        app.MapGet(Paths.RegisterApp, (HttpContext context, DeveloperPage page) => page.ShowFormAsync(context));
        app.MapPost(Paths.RegisterApp, (HttpContext context, DeveloperPage page) => page.RegisterAsync(context)).AddEndpointFilter(limit);
        app.MapGet(Paths.OwnApp, (HttpContext context, OwnAppPage page) => page.ShowAsync(context));
        app.MapPost(Paths.OwnApp, (HttpContext context, OwnAppPage page) => page.ChangeAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.AppSecret, (HttpContext context, OwnAppPage page) => page.ChangeSecretAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.AppLogo, (HttpContext context, OwnAppPage page) => page.ChangeLogoAsync(context)).AddEndpointFilter(limit);
        app.MapPost(Paths.DeleteApp, (HttpContext context, OwnAppPage page) => page.DeleteAsync(context));
        app.MapGet(Paths.Logo, (HttpContext context, LogoEndpoint endpoint) => endpoint.HandleAsync(context));
        app.MapGet(Paths.OperatorApps, (HttpContext context, OperatorAppsPage page) => page.ShowAsync(context));
        app.MapPost(Paths.OperatorApps, (HttpContext context, OperatorAppsPage page) => page.DecideAsync(context));
    }
}
