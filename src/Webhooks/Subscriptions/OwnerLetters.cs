using System.Globalization;
using Rally.Webhooks.Pages;

namespace Rally.Webhooks.Subscriptions;

/// <summary>What owners of endpoints are told, in short lines of ASCII as mail has them.</summary>
internal static class OwnerLetters
{
    // The rest of an address is for machines, and may be what lets somebody in.
    private const int MostOfUrl = 200;

    public static EndpointNotice Of(Endpoint endpoint) => endpoint.DisabledAt is { } disabledAt
        ? new(endpoint.ClientId, "A webhook endpoint of your app is disabled", Disabled(endpoint, disabledAt), Page(endpoint))
        : new(endpoint.ClientId, "A webhook endpoint of your app is failing", Failing(endpoint), Page(endpoint));

    private static string Disabled(Endpoint endpoint, DateTimeOffset at) => $"""
        Nothing is sent any more to
        {UrlOf(endpoint)}
        since {Minute(at)}:
        {endpoint.DisabledReason}

        What to do: mend the receiver, or change the endpoint's address,
        and enable it again on the page below or over the API. It then
        gets all that it missed, in order. If it is not needed any more,
        remove it there.
        """;

    private static string Failing(Endpoint endpoint) => $"""
        Since {Minute(endpoint.FailingSince!.Value)} nothing was delivered to
        {UrlOf(endpoint)}
        The last attempt failed:
        {endpoint.LastFailure}

        What to do: look at the log of attempts on the page below, mend
        the receiver, and send a test event. It is tried again by itself.
        When it has failed for five days, it is disabled.
        """;

    private static string Page(Endpoint endpoint) => Paths.OfEndpoint(Paths.Endpoint, endpoint.ClientId, endpoint.Id);

    private static string UrlOf(Endpoint endpoint) =>
        new Uri(endpoint.Url).GetLeftPart(UriPartial.Path) is { Length: > MostOfUrl } url ? url[..MostOfUrl] + "..." : new Uri(endpoint.Url).GetLeftPart(UriPartial.Path);

    private static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
