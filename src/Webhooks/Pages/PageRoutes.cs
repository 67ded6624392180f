using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Rally.Webhooks.Pages;

/// <summary>The pages for owners of apps.</summary>
internal static class PageRoutes
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("").ExcludeFromDescription();
        pages.MapGet(Paths.Endpoints, (HttpContext context, EndpointsPage page) => page.ShowAsync(context));
        pages.MapGet(Paths.Create, (HttpContext context, EndpointsPage page) => page.ShowFormAsync(context));
        pages.MapPost(Paths.Create, (HttpContext context, EndpointsPage page) => page.CreateAsync(context));
        pages.MapGet(Paths.Endpoint, (HttpContext context, EndpointPage page) => page.ShowAsync(context));
        pages.MapPost(Paths.Endpoint, (HttpContext context, EndpointActions actions) => actions.ChangeAsync(context));
        pages.MapPost(Paths.Switch, (HttpContext context, EndpointActions actions) => actions.SwitchAsync(context));
        pages.MapPost(Paths.Rotate, (HttpContext context, EndpointActions actions) => actions.RotateAsync(context));
        pages.MapPost(Paths.Test, (HttpContext context, EndpointActions actions) => actions.TestAsync(context));
        pages.MapPost(Paths.Recover, (HttpContext context, EndpointActions actions) => actions.RecoverAsync(context));
        pages.MapPost(Paths.Remove, (HttpContext context, EndpointActions actions) => actions.RemoveAsync(context));
        pages.MapGet(Paths.Attempts, (HttpContext context, AttemptsPage page) => page.ShowAsync(context));
        pages.MapGet(Paths.DeadLetters, (HttpContext context, AttemptsPage page) => page.ShowDeadAsync(context));
        pages.MapPost(Paths.Resend, (HttpContext context, EndpointActions actions) => actions.ResendAsync(context));
    }
}
