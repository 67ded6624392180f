namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Methods, paths and queries.</summary>
internal static class AddressMutations
{
    // No endpoint has one of these.
    public static readonly string[] OtherMethods = ["PUT", "TRACE", "OPTIONS", "PROPFIND", "X", "GETS"];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        Mutation.Always("method of no endpoint", Outcome.Refused, (request, random) => request.Method = Nasty.Pick(random, OtherMethods)),
        Mutation.Always("HEAD", Outcome.Odd, (request, _) => request.Method = "HEAD"),
        Mutation.Always("path below", Outcome.Refused, (request, random) => request.Path = $"{request.Path.TrimEnd('/')}/x/{Nasty.Pick(random, new[] { "nothing", "%7E", "a%20b", "%F0%9F%98%80" })}/at/all"),
        Mutation.Always("path's case and slashes", Outcome.Odd, (request, random) => request.Path = random.Next(3) switch
        {
            0 => request.Path.ToUpperInvariant(),
            1 => request.Path + "/",
            _ => "/" + request.Path,
        }),
        new("route value", (skeleton, _) => skeleton.Pattern.Parameters.Count > 0 ? Outcome.Odd : null, (request, random) =>
            Segment(request, random, random.Next(3) == 0 ? Nasty.BrokenEncoding(random) : Nasty.Encoded(random))),
        Mutation.Always("path segment", Outcome.Odd, (request, random) => Segment(request, random, Nasty.BrokenEncoding(random))),
        Mutation.Always("query nobody asked for", Outcome.Any, (request, random) => request.Query.Add((Nasty.Encoded(random), Nasty.Encoded(random)))),
        Mutation.Always("query's encoding", Outcome.Odd, (request, random) => request.Query.Add((Nasty.BrokenEncoding(random), Nasty.BrokenEncoding(random)))),
        Mutation.Always("query of separators", Outcome.Any, (request, random) => request.Query.Add((Nasty.Pick(random, new[] { "&&&", "=", "a=b=c", "a[]", "a[0][b]", ";", "?" }), "&=&"))),
        Mutation.Always("500 parameters", Outcome.Any, (request, _) => request.Query.AddRange(Enumerable.Range(0, 500).Select(number => ($"p{number}", "1")))),
        new("query value", HasQuery, (request, random) => Replace(request.Query, random, _ => Nasty.Encoded(random))),
        new("query value's encoding", (skeleton, request) => HasQuery(skeleton, request) is null ? null : Outcome.Odd, (request, random) => Replace(request.Query, random, _ => Nasty.BrokenEncoding(random))),
        new("query value too long", HasQuery, (request, random) => Replace(request.Query, random, value => value + new string('z', 3_000))),
        // RFC 6749, 3.1: parameters must not be there twice.
        new("query value twice", (skeleton, request) => request.Query.Count == 0 ? null : skeleton.Route == "/oauth2/authorize" ? Outcome.Refused : Outcome.Any,
            (request, random) => request.Query.Add(Nasty.Pick(random, request.Query))),
        new("query value missing", (skeleton, request) => request.Query.Exists(field => skeleton.Required.Contains(field.Name)) ? Outcome.Refused : null,
            (request, random) => request.Query.RemoveAll(field => field.Name == request.Query[0].Name)),
        new("query emptied", HasQuery, (request, random) => Replace(request.Query, random, _ => "")),
    ];

    private static Outcome? HasQuery(Skeleton skeleton, WireRequest request) => request.Query.Count == 0 ? null : Outcome.Any;

    public static void Replace(List<(string Name, string Value)> fields, Random random, Func<string, string> change)
    {
        var at = random.Next(fields.Count);
        fields[at] = (fields[at].Name, change(fields[at].Value));
    }

    private static void Segment(WireRequest request, Random random, string value)
    {
        var segments = request.Path.Split('/');
        segments[random.Next(Math.Min(1, segments.Length - 1), segments.Length)] = value[..Math.Min(value.Length, 2_000)];
        request.Path = string.Join('/', segments);
    }
}
