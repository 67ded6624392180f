using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>What lets a caller in.</summary>
internal enum Entry
{
    /// <summary>Nothing is asked.</summary>
    Open,

    /// <summary>A form of one of our pages, which needs no session.</summary>
    Form,

    /// <summary>A session in the browser, and for a form its token.</summary>
    Session,

    /// <summary>A person's access token.</summary>
    Bearer,

    /// <summary>A client's own access token.</summary>
    ClientBearer,

    /// <summary>A client's id and secret.</summary>
    Client,

    /// <summary>A signature over the body.</summary>
    Signature,
}

/// <summary>Whose errors an endpoint answers with.</summary>
internal enum Surface
{
    Page,
    Api,
    OAuth,
}

/// <summary>An endpoint with a request that it would take.</summary>
/// <param name="Content">A query with its '?', a form, or JSON; with placeholders. A name that ends with '!' must be there.</param>
internal sealed partial record Skeleton(string Method, RoutePattern Pattern, Entry Entry, string Content)
{
    public string Name => $"{Method} {Route}";

    public string Route => Pattern.RawText!.Length == 0 ? "/" : Pattern.RawText[0] == '/' ? Pattern.RawText : "/" + Pattern.RawText;

    public Surface Surface =>
        Route.StartsWith("/oauth2/", StringComparison.Ordinal) && Route != "/oauth2/authorize" || Route.StartsWith("/.well-known", StringComparison.Ordinal) ? Surface.OAuth
        : Route.StartsWith("/api", StringComparison.Ordinal) || Route.StartsWith("/v1", StringComparison.Ordinal) || Route is "/openapi/{documentName}.json" or "/webhooks/rally" or "/healthz" or "/discord/interactions" ? Surface.Api
        : Surface.Page;

    public bool HasBody => Method is "POST" or "PUT" or "PATCH";

    public bool IsJson => Content.StartsWith('{');

    public bool IsForm => HasBody && !IsJson && !Content.StartsWith('?');

    /// <summary>Names that must be in it, once.</summary>
    public string[] Required { get; } = [.. RequiredName().Matches(Content).Select(match => match.Groups[1].Value)];

    /// <summary>All endpoints of a host, each with what the table says of it, or with what such endpoints are usually sent.</summary>
    public static IReadOnlyList<Skeleton> Of(IEnumerable<Endpoint> endpoints)
    {
        var known = SkeletonTable.Rows.ToLookup(row => row.Name);
        return
        [
            .. from endpoint in endpoints.OfType<RouteEndpoint>()
               from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"]
               let plain = Guess(method, endpoint)
               from skeleton in known[plain.Name].Select(row => plain with { Entry = row.Entry, Content = row.Content }).DefaultIfEmpty(plain)
               orderby skeleton.Name, skeleton.Content
               select skeleton,
        ];
    }

    private static Skeleton Guess(string method, RouteEndpoint endpoint)
    {
        var needsToken = endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;
        var guess = new Skeleton(method, endpoint.RoutePattern, needsToken ? Entry.Bearer : Entry.Open, "");
        if (guess.Surface != Surface.Page)
            return guess with { Content = guess.HasBody ? SkeletonTable.UsualJson : "" };
        var isPrivate = SkeletonTable.PrivatePages.Any(start => guess.Route == start || guess.Route.StartsWith(start + "/", StringComparison.Ordinal));
        return guess.HasBody
            ? guess with { Entry = isPrivate ? Entry.Session : Entry.Form, Content = SkeletonTable.UsualForm }
            : guess with { Entry = isPrivate ? Entry.Session : Entry.Open };
    }

    [GeneratedRegex("""(?:^|[?&"])([A-Za-z_0-9]+)!(?:=|":)""")]
    private static partial Regex RequiredName();
}
