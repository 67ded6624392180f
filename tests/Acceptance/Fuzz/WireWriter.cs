using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Rally.Webhooks.Signing;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Writes an endpoint's skeleton as a visitor's request, with nothing wrong in it yet.</summary>
internal static partial class WireWriter
{
    private const string Boundary = "fuzz";

    public static WireRequest Write(Skeleton skeleton, Visitor visitor, Random random)
    {
        var request = new WireRequest { Method = skeleton.Method, Path = Path(skeleton, visitor) };
        request.Headers.Add(("Host", visitor.Host));
        if (skeleton.Entry == Entry.Form)
            request.Headers.Add(("Cookie", visitor.StrangersCookies));
        else if (skeleton.Entry == Entry.Session)
            request.Headers.Add(("Cookie", visitor.Cookies));
        if (Credentials(skeleton.Entry, visitor) is { } credentials)
            request.Headers.Add(("Authorization", credentials));
        var content = Filled(skeleton.Content.Replace("!=", "=", StringComparison.Ordinal).Replace("!\":", "\":", StringComparison.Ordinal), visitor, random);
        if (skeleton.IsJson)
        {
            request.Headers.Add(("Content-Type", "application/json"));
            request.Body = content;
            if (skeleton.Entry == Entry.Signature)
                Sign(request, visitor);
        }
        else if (skeleton.IsForm)
        {
            request.Form = Fields(content);
            if (skeleton.Entry is Entry.Form or Entry.Session)
                request.Form.Add((DoorMutations.FormToken, visitor.Live[skeleton.Entry == Entry.Form ? "strangers-form" : "form"]));
            request.Headers.Add(("Content-Type", "application/x-www-form-urlencoded"));
            if (skeleton.Route == "/developer/app/logo")
                MakeMultipart(request);
        }
        else if (content.StartsWith('?'))
        {
            request.Query.AddRange(Fields(content[1..]));
            request.Body = skeleton.HasBody ? "" : null;
        }

        return request;
    }

    private static string? Credentials(Entry entry, Visitor visitor) => entry switch
    {
        Entry.Bearer => "Bearer " + visitor.Live["access"],
        Entry.ClientBearer => "Bearer " + visitor.Live["client-access"],
        Entry.Client => "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{visitor.Live["client"]}:{visitor.Live["secret"]}")),
        _ => null,
    };

    private static string Path(Skeleton skeleton, Visitor visitor) => RouteValue().Replace(skeleton.Route, match => match.Groups[1].Value switch
    {
        "rallyId" => visitor.Live["me"],
        "symbol" => "PTM",
        "height" => "0",
        "nftId" => "1",
        "documentName" => "v1",
        "token" => visitor.Live["offer"],
        "transactionId" => visitor.Live["transfer"],
        "id" when skeleton.Route.StartsWith("/explorer/accounts", StringComparison.Ordinal) => visitor.Live["me"],
        "id" when skeleton.Route.Contains("transfers", StringComparison.Ordinal) => visitor.Live["transfer"],
        _ => visitor.Live["id"],
    });

    private static string Filled(string content, Visitor visitor, Random random) => Placeholder().Replace(content, match => match.Groups[1].Value switch
    {
        "uuid7" => NewId(random),
        var name => visitor.Live[name],
    });

    // Of its time, as clients make them, and the same for a seed but for that.
    private static string NewId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        var now = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToByteArray(bigEndian: true);
        now.AsSpan(0, 8).CopyTo(bytes);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private static List<(string Name, string Value)> Fields(string content) =>
        [.. content.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => field.Split('=', 2)).Select(field => (field[0], field[1]))];

    private static void Sign(WireRequest request, Visitor visitor)
    {
        if (visitor.Live.GetValueOrDefault("webhook-secret") is not { } secret)
            return;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.Add((WebhookSignature.IdHeader, "msg_fuzz"));
        request.Headers.Add((WebhookSignature.TimestampHeader, now.ToString(CultureInfo.InvariantCulture)));
        request.Headers.Add((WebhookSignature.SignatureHeader, WebhookSignature.Sign(WebhookSecret.Parse(secret), "msg_fuzz", now, Encoding.Latin1.GetBytes(request.Body!))));
    }

    private static void MakeMultipart(WireRequest request)
    {
        var body = new StringBuilder();
        foreach (var (name, value) in request.Form!)
            body.Append(CultureInfo.InvariantCulture, $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{WebUtility.UrlDecode(value)}\r\n");
        body.Append(CultureInfo.InvariantCulture, $"--{Boundary}\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"logo.png\"\r\nContent-Type: image/png\r\n\r\n\u0089PNG\r\n\u001a\n\0\0\0\rIHDR\0\0\0\u0010\0\0\0\u0010\u0008\u0006\0\0\0\r\n--{Boundary}--\r\n");
        request.Body = body.ToString();
        request.Form = null;
        request.SetHeader("Content-Type", $"multipart/form-data; boundary={Boundary}");
    }

    [GeneratedRegex(@"\{(\w+)(?::\w+)?\}")]
    private static partial Regex RouteValue();

    [GeneratedRegex("~([a-z0-9-]+)~")]
    private static partial Regex Placeholder();
}
