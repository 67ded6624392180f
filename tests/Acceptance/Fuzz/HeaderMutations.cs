namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Headers that are for the web server, proxies and caches.</summary>
internal static class HeaderMutations
{
    private static readonly string[] Names =
    [
        "Accept", "Accept-Language", "Accept-Charset", "Accept-Encoding", "User-Agent", "Referer", "Origin", "If-None-Match", "If-Match", "If-Modified-Since", "If-Range", "Range", "X-Forwarded-For", "X-Forwarded-Proto",
        "X-Forwarded-Host", "Forwarded", "X-Original-URL", "X-HTTP-Method-Override", "Content-Encoding", "Content-Range", "Content-Language", "Date", "Via", "Max-Forwards", "TE", "Trailer", "Sec-Fetch-Site", "traceparent", "tracestate", "baggage",
        "Request-Id", "webhook-id", "webhook-timestamp", "webhook-signature", "X-Signature-Ed25519", "X-Signature-Timestamp", "Idempotency-Key", "Access-Control-Request-Method", "Upgrade-Insecure-Requests", "Prefer", "RequestVerificationToken",
    ];

    private static readonly string[] Values =
    [
        "", "x", "*", "\"", "\"\"", "W/\"", "bytes=-", "bytes=0-0", "bytes=9999999999999999999-", "text/html", "application/xml", "text/plain;q=0", "*/*;q=0", ";;;", ",,,", "q=1", "gzip", "null", "-1", "99999999999999999999", "Thu, 99 Foo 2026 99:99:99 GMT",
        "00-00000000000000000000000000000000-0000000000000000-00", "\u00ff\u00fe", "a,b,c", "for=\"[::1\"", "256.256.256.256", "unknown", "https, http", "{\"a\":", "%00", new('h', 2_000), "http://[", "v1,AAAA", "v1,", "0", "1.5", "en;q=x", "\t",
    ];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        Mutation.Always("header", Outcome.Odd, (request, random) => request.SetHeader(Nasty.Pick(random, Names), Nasty.Pick(random, Values))),
        Mutation.Always("header twice", Outcome.Odd, (request, random) =>
        {
            var name = Nasty.Pick(random, Names);
            request.Headers.Add((name, Nasty.Pick(random, Values)));
            request.Headers.Add((name, Nasty.Pick(random, Values)));
        }),
        Mutation.Always("header's characters", Outcome.Odd, (request, random) => request.SetHeader(Nasty.Pick(random, Names), new string([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => (char)random.Next(0x20, 0x100))]))),
    ];
}
