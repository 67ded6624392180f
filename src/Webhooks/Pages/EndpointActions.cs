using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Pages;

/// <summary>What the forms of <see cref="EndpointPage"/> do: the same use cases as the API's.</summary>
internal sealed class EndpointActions(
    IOwnerSite site, EndpointPage page, ChangeEndpoint change, RotateKey rotate, RecoverEndpoint recover, RemoveEndpoint remove, SendNow send,
    SubscriberStates subscribers)
{
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    public Task<IResult> ChangeAsync(HttpContext context) => ActAsync(context, needsProof: true, async (request, form) =>
    {
        var fields = EndpointFields.Read(form);
        var typed = fields.Headers(out var wrongHeaders);
        var perSecond = fields.Limit(out var wrongLimit);
        if ((wrongHeaders ?? wrongLimit) is { } wrong)
            return await page.AnswerAsync(request, fields, wrong, null);
        var result = await change.ExecuteAsync(
            new(request.ClientId, request.EndpointId, fields.Url, fields.Events, CoinsGiven: true, fields.Coins, Enabled: null)
            {
                Headers = form("no_headers") is null ? typed : NoHeaders,
                PerSecondGiven = true,
                PerSecond = perSecond,
            }, request.Stop);
        return await AnswerAsync(request, result, fields, "It is saved.");
    });

    public Task<IResult> SwitchAsync(HttpContext context) => ActAsync(context, needsProof: true, async (request, form) =>
    {
        var enable = form("action") == "enable";
        var result = await change.ExecuteAsync(
            new(request.ClientId, request.EndpointId, Url: null, Events: null, CoinsGiven: false, Coins: null, enable), request.Stop);
        return await AnswerAsync(request, result, null, enable ? "It is enabled, and gets what it missed." : "It is disabled. What it misses is kept for it.");
    });

    public Task<IResult> RotateAsync(HttpContext context) => ActAsync(context, needsProof: true, async (request, form) =>
    {
        var overlap = long.TryParse(form("overlap"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : (long?)null;
        return await rotate.ExecuteAsync(new(request.ClientId, request.EndpointId, form("kind"), overlap), request.Stop) switch
        {
            RotateKey.Result.Rotated(var secret, var publicKey, _) =>
                EndpointsPage.Keys(request, "The endpoint has another key", request.EndpointId, secret?.Reveal(), publicKey?.ToString()),
            RotateKey.Result.Invalid(var reason) => await page.AnswerAsync(request, null, reason, null),
            RotateKey.Result.NotFound => request.NoEndpoint(),
            var result => throw new UnreachableException($"{result}"),
        };
    });

    public Task<IResult> RecoverAsync(HttpContext context) => ActAsync(context, needsProof: false, async (request, form) =>
    {
        if (!DateTimeOffset.TryParse(form("since"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var since))
            return await page.AnswerAsync(request, null, "Say since when, as a day and a time.", null);
        return await recover.ExecuteAsync(new(request.ClientId, request.EndpointId, since, After: null), request.Stop) switch
        {
            RecoverEndpoint.Result.Recovering(_, 0) => await page.AnswerAsync(request, null, null, "Nothing since then was delivered yet, so nothing comes again."),
            RecoverEndpoint.Result.Recovering(var after, var events) => await page.AnswerAsync(
                request, null, null, string.Create(CultureInfo.InvariantCulture, $"It goes on after position {after} of the log again: {events} to look through.")),
            RecoverEndpoint.Result.Invalid(var reason) => await page.AnswerAsync(request, null, reason, null),
            RecoverEndpoint.Result.NotFound => request.NoEndpoint(),
            var result => throw new UnreachableException($"{result}"),
        };
    });

    public Task<IResult> RemoveAsync(HttpContext context) => ActAsync(context, needsProof: true, async (request, form) =>
    {
        if (form("confirm") is null)
            return await page.AnswerAsync(request, null, "To remove it, tick that you mean it.", null);
        return await remove.ExecuteAsync(new(request.ClientId, request.EndpointId), request.Stop)
            ? site.GoTo(Paths.OfApp(Paths.Endpoints, request.ClientId))
            : request.NoEndpoint();
    });

    public Task<IResult> TestAsync(HttpContext context) => ActAsync(context, needsProof: false, (request, _) => SendAsync(request, "Test event", new(request.ClientId, request.EndpointId, Position: null)));

    public Task<IResult> ResendAsync(HttpContext context) => ActAsync(context, needsProof: false, (request, form) =>
        (Number(form("position")), Number(form("change"))) is var (position, change) && position is null && change is null
            ? page.AnswerAsync(request, null, "Say which event, by its position in the log or the number of a change.", null)
            : SendAsync(request, "Sent again", change is null
                ? new(request.ClientId, request.EndpointId, position) { Type = form("type") }
                : new(request.ClientId, request.EndpointId, Position: null) { Change = change }));

    private static long? Number(string? typed) =>
        long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private async Task<IResult> SendAsync(OwnerRequest request, string title, SendNow.Request wanted)
    {
        // Over the API such an app's token is refused; here there is none.
        if (await subscribers.FindAsync(request.ClientId, request.Stop) != SubscriberState.Active)
            return await page.AnswerAsync(request, null, "The app may not use the network now, so nothing is sent to it.", null);
        return await send.ExecuteAsync(wanted, request.Stop) switch
        {
            SendNow.Result.Sent(var attempt) => AttemptsPage.One(request, title, attempt),
            SendNow.Result.NoEvent(var last) => await page.AnswerAsync(
                request, null, string.Create(CultureInfo.InvariantCulture, $"The log has the positions 1 to {last}."), null),
            SendNow.Result.NoChange => await page.AnswerAsync(request, null, "The change is not kept any more.", null),
            SendNow.Result.NoSuchType(var types) => await page.AnswerAsync(
                request, null, $"Say which of the events at that position: {string.Join(", ", types)}.", null),
            SendNow.Result.NotFound => request.NoEndpoint(),
            var result => throw new UnreachableException($"{result}"),
        };
    }

    private async Task<IResult> AnswerAsync(OwnerRequest request, ChangeEndpoint.Result result, EndpointFields? typed, string done) => result switch
    {
        ChangeEndpoint.Result.Changed => await page.AnswerAsync(request, null, null, done),
        ChangeEndpoint.Result.Invalid(var reason) => await page.AnswerAsync(request, typed, reason, null),
        ChangeEndpoint.Result.NotFound => request.NoEndpoint(),
        _ => throw new UnreachableException($"{result}"),
    };

    private Task<IResult> ActAsync(HttpContext context, bool needsProof, Func<OwnerRequest, Func<string, string?>, Task<IResult>> act) =>
        OwnerRequest.ActAsync(site, context, Paths.Endpoint, needsProof, act);
}
