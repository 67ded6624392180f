using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Pages;

/// <summary>The endpoints of an app and how each stands, and another one.</summary>
internal sealed class EndpointsPage(IOwnerSite site, ReadEndpoints read, CreateEndpoint create)
{
    public Task<IResult> ShowAsync(HttpContext context) => OwnerRequest.ShowAsync(site, context, async request =>
    {
        var endpoints = await read.ExecuteAsync(new(request.ClientId), request.Stop);
        return request.Page("Webhook endpoints", $"""
            <p>Where <strong>{request.Visit.AppName}</strong> is told of events. Programs can do all of this over the API, too.</p>
            {(endpoints.Count == 0 ? (Html)$"<p>There are none.</p>" : (Html)$"<ul class=\"apps\">{endpoints.Select(status => Row(request, status))}</ul>")}
            <p><a href="{Paths.OfApp(Paths.Create, request.ClientId)}">Make an endpoint</a></p>
            <p><a href="{site.AddressOfApp(request.ClientId)}">{request.Visit.AppName}</a></p>
            """);
    });

    public Task<IResult> ShowFormAsync(HttpContext context) => OwnerRequest.ShowAsync(site, context, request => Task.FromResult(
        // Asked before somebody has typed all this.
        request.Visit.IsProven
            ? Form(request, EndpointFields.New(request.Visit.ProposedUrl), [EndpointKey.Symmetric], null)
            : site.AskForProof(Paths.OfApp(Paths.Create, request.ClientId))));

    public Task<IResult> CreateAsync(HttpContext context) => OwnerRequest.ActAsync(site, context, Paths.Create, needsProof: true, async (request, form) =>
    {
        var fields = EndpointFields.Read(form);
        string[] kinds = [.. new[] { EndpointKey.Symmetric, EndpointKey.Asymmetric }.Where(kind => form($"signature_{kind}") is not null)];
        var headers = fields.Headers(out var wrongHeaders);
        var perSecond = fields.Limit(out var wrongLimit);
        if ((wrongHeaders ?? wrongLimit) is { } wrong)
            return Form(request, fields, kinds, wrong);
        return await create.ExecuteAsync(new(request.ClientId, fields.Url, fields.Events, fields.Coins, After: null)
        {
            Signatures = kinds,
            Headers = headers,
            PerSecond = perSecond,
            Format = fields.Format,
        }, request.Stop) switch
        {
            CreateEndpoint.Result.Created(var made, var secret, var publicKey) => Keys(request, "The endpoint is made", made.Id, secret?.Reveal(), publicKey?.ToString()),
            CreateEndpoint.Result.Invalid(var reason) => Form(request, fields, kinds, reason),
            CreateEndpoint.Result.TooMany(var most) => Form(request, fields, kinds, $"An app may have {most} endpoints: remove one first."),
            var result => throw new UnreachableException($"{result}"),
        };
    });

    /// <summary>The one time that a secret is shown.</summary>
    public static IResult Keys(OwnerRequest request, string title, Guid id, string? secret, string? publicKey) => request.Page(title, $"""
        <dl>
          {(secret is null ? Html.Empty : (Html)$"<dt>Signing secret (v1)</dt><dd><code>{secret}</code></dd>")}
          {(publicKey is null ? Html.Empty : (Html)$"<dt>Public key (v1a)</dt><dd><code>{publicKey}</code></dd>")}
        </dl>
        {(secret is null ? Html.Empty : (Html)$"<p class=\"link\"><strong>Copy the secret now.</strong> It is never shown again. Whoever has it can pass for this server.</p>")}
        <p><a href="{Paths.OfEndpoint(Paths.Endpoint, request.ClientId, id)}">Go on to the endpoint</a></p>
        """);

    private static IResult Form(OwnerRequest request, EndpointFields fields, string[] kinds, string? fault) => request.Page("Make an endpoint", $"""
        {Show.Errors(fault)}
        <form method="post" action="{Paths.OfApp(Paths.Create, request.ClientId)}">
          {request.Token}
          {fields.Form(headers: null)}
          <fieldset>
            <legend>Signatures</legend>
            {Kind(EndpointKey.Symmetric, "With a secret that both have", kinds)}
            {Kind(EndpointKey.Asymmetric, "With a key of which you have the public half (Ed25519)", kinds)}
          </fieldset>
          <button>Make it</button>
        </form>
        <p><a href="{Paths.OfApp(Paths.Endpoints, request.ClientId)}">Webhook endpoints of {request.Visit.AppName}</a></p>
        """, isFault: fault is not null);

    private static Html Kind(string kind, string meaning, string[] chosen) => $"""
        <label class="check"><input type="checkbox" name="signature_{kind}"{Html.Raw(chosen.Contains(kind) ? " checked" : "")}> <span>{meaning} <code>{kind}</code></span></label>
        """;

    private static Html Row(OwnerRequest request, ReadEndpoints.Status status) => $"""
        <li>
          <p><a href="{Paths.OfEndpoint(Paths.Endpoint, request.ClientId, status.Endpoint.Id)}">{status.Endpoint.Url}</a></p>
          <p class="{Show.LookOf(status)}">{Show.State(status)}</p>
          <p class="hint">{Show.LastDelivery(status)} {(status.DeadLetters == 0 ? Html.Empty : (Html)$"Given up: {status.DeadLetters}.")}</p>
        </li>
        """;
}
