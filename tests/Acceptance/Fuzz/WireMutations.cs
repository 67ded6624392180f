namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>What is wrong as HTTP. The connection is not used again: where the next request begins is anybody's guess.</summary>
internal static class WireMutations
{
    private static readonly string[] Hosts =
        ["a b", "[::1", "[::1]:x", "a:99999999", "a:-1", ":80", "%zz", "%00", "a/b", "a@b", "a,b", "xn--", "xn--a-\u00e9", "\u00ff", "..", "a..b", "-", "[]", "[g::1]", "a:b:c", "http://a", "a#b", "a?b", "a\\b", "127.0.0.1:", "[v1.x]", "&", "'", "\"", "<x>", "*", "_", new('a', 300), "1.2.3.4.5:1", "999.999.999.999", "a:65536"];

    private static readonly string[] Methods = ["GE T", "G\u00e9T", "", "GET\0", "(", "POST/"];
    private static readonly string[] Versions = ["HTTP/9.9", "HTTP/1", "http/1.1", "HTTP/1.1 x", "", "FTP/1.1", "HTTP/2.0", "HTTP/0.9"];
    private static readonly string[] BrokenLines = ["NoColon\r\n", ": empty\r\n", "A B: c\r\n", "X\0Y: 1\r\n", "X-Nul: a\0b\r\n", " folded: 1\r\n", "X-Cr: a\rb\r\n", "\u00e9: 1\r\n", "X:\r\n y\r\n"];
    private static readonly string[] Lengths = ["-1", "x", "1x", "9223372036854775808", "0x10", "1, 2", "1.5", "", "\u0661"];
    private static readonly string[] Chunks = ["zz\r\nabc\r\n0\r\n\r\n", "-1\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5\r\nab", "3\r\nabcX0\r\n\r\n", "0\r\nBroken\r\n\r\n", "", "7fffffff\r\na", "3;x=\"\r\nabc\r\n0\r\n\r\n", "\r\n"];
    private static readonly string[] Targets = ["*", "http://", "http://[/", "//", "a", "/%", "/\u00ff", "/%00", "/a b", "/a\0b", "?", "#", "/#x", "http://evil.example/account", "http://user:pw@127.0.0.1/", "127.0.0.1:80", "/..%2f..%2f", "/%c0%ae%c0%ae/", "/./../..", "\\", "/%2e%2e/%2e%2e"];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        Mutation.Always("method that is no token", Outcome.Unreadable, Last((request, random) => request.Method = Nasty.Pick(random, Methods))),
        Mutation.Always("HTTP version", Outcome.Unreadable, Last((request, random) => request.Version = Nasty.Pick(random, Versions))),
        Mutation.Always("no Host", Outcome.Unreadable, Last((request, _) => request.RemoveHeader("Host"))),
        Mutation.Always("two Hosts", Outcome.Unreadable, Last((request, _) => request.Headers.Add(("Host", "evil.example")))),
        // A name with a dot or an underscore more is still a name; what is none must be refused, and is looked at in a test of its own.
        Mutation.Always("Host", Outcome.Odd, Last((request, random) => request.SetHeader("Host", Nasty.Pick(random, Hosts)))),
        Mutation.Always("header line", Outcome.Odd, Last((request, random) => request.RawHeaders = Nasty.Pick(random, BrokenLines))),
        Mutation.Always("header of 40 KiB", Outcome.Unreadable, Last((request, random) => request.Headers.Add(("X-Long", new string('h', 40 * 1024 + random.Next(1_000)))))),
        Mutation.Always("200 headers", Outcome.Unreadable, Last((request, _) => request.Headers.AddRange(Enumerable.Range(0, 200).Select(number => ($"X-{number}", "1"))))),
        Mutation.Always("address of 10 KiB", Outcome.Unreadable, Last((request, _) => request.Query.Add(("long", new string('q', 10 * 1024))))),
        Mutation.Always("line ends", Outcome.Odd, Last((request, random) => request.LineEnd = Nasty.Pick(random, new[] { "\n", "\r", "\r\r\n", "\n\r" }), endsEarly: true)),
        Mutation.Always("Content-Length that is none", Outcome.Unreadable, Last(
            (request, random) => request.SetHeader("Content-Length", Nasty.Pick(random, Lengths)))),
        Mutation.Always("two Content-Lengths", Outcome.Unreadable, Last((request, _) =>
        {
            request.Headers.Add(("Content-Length", "1"));
            request.Headers.Add(("Content-Length", "2"));
        })),
        // Whether the body is looked at before the caller is refused is the endpoint's affair.
        Mutation.Always("Content-Length beyond the body", Outcome.Odd, Last(
            (request, random) => request.SetHeader("Content-Length", Nasty.Pick(random, new[] { "100000", "2000000000", "99999999999", "9223372036854775807" })), endsEarly: true)),
        Mutation.Always("chunks", Outcome.Odd, Last((request, random) =>
        {
            request.SetHeader("Transfer-Encoding", "chunked");
            request.Body = Nasty.Pick(random, Chunks);
        }, endsEarly: true)),
        Mutation.Always("length and chunks", Outcome.Odd, Last((request, _) =>
        {
            request.SetHeader("Transfer-Encoding", "chunked");
            request.SetHeader("Content-Length", "5");
            request.Body = "0\r\n\r\n";
        }, endsEarly: true)),
        Mutation.Always("transfer coding", Outcome.Unreadable, Last((request, random) =>
        {
            request.SetHeader("Transfer-Encoding", Nasty.Pick(random, new[] { "gzip", "identity", "chunked, gzip", "x", "chunked;q=1", "," }));
            request.Body = "0\r\n\r\n";
        })),
        Mutation.Always("target", Outcome.Odd, Last((request, random) =>
        {
            request.Path = Nasty.Pick(random, Targets);
            request.Query.Clear();
        })),
        Mutation.Always("truncated", Outcome.Unreadable, Last((request, random) =>
        {
            request.Method = request.Method[..random.Next(1, request.Method.Length)];
            request.Path = "";
            request.Version = "";
        }, endsEarly: true)),
        Mutation.Always("expectation", Outcome.Odd, Last((request, _) => request.SetHeader("Expect", "200-nothing"))),
        Mutation.Always("upgrade", Outcome.Odd, Last((request, random) =>
        {
            request.SetHeader("Connection", "Upgrade, HTTP2-Settings");
            request.SetHeader("Upgrade", Nasty.Pick(random, new[] { "h2c", "websocket", "\0", "x" }));
            request.SetHeader("HTTP2-Settings", "AAAA");
        }, endsEarly: true)),
    ];

    private static Action<WireRequest, Random> Last(Action<WireRequest, Random> apply, bool endsEarly = false) => (request, random) =>
    {
        request.Headers.Add(("Connection", "close"));
        request.EndsEarly = endsEarly;
        apply(request, random);
    };
}
