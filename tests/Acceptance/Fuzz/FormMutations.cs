namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Forms, and the parts of those that carry a file.</summary>
internal static class FormMutations
{
    private static readonly string[] OtherTypes = ["text/plain", "application/xml", "application/json", "", "////", "a", "application/x-www-form-urlencodedx", "multipart/mixed; boundary=x", "\u00ff"];
    private static readonly string[] OddTypes =
    [
        "application/x-www-form-urlencoded; charset=utf-7", "application/x-www-form-urlencoded; charset=nonsense", "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=",
        "application/x-www-form-urlencoded;;;", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/form-data; boundary=\"" + "b b" + "\"", "multipart/form-data; boundary=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "APPLICATION/X-WWW-FORM-URLENCODED",
    ];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("form's content type", (_, request) => HasForm(request, Outcome.Refused), (request, random) => request.SetHeader("Content-Type", Nasty.Pick(random, OtherTypes))),
        new("form's odd content type", (_, request) => HasForm(request, Outcome.Any), (request, random) => request.SetHeader("Content-Type", Nasty.Pick(random, OddTypes))),
        new("no content type", (_, request) => HasForm(request, Outcome.Refused), (request, _) => request.RemoveHeader("Content-Type")),
        new("field", (_, request) => HasForm(request, Outcome.Any), (request, random) => AddressMutations.Replace(request.Form!, random, _ => Nasty.Encoded(random))),
        new("field's encoding", (_, request) => HasForm(request, Outcome.Any), (request, random) => AddressMutations.Replace(request.Form!, random, value => random.Next(2) == 0 ? Nasty.BrokenEncoding(random) : value + Nasty.BrokenEncoding(random))),
        new("field too long", (_, request) => HasForm(request, Outcome.Refused), (request, random) => AddressMutations.Replace(request.Form!, random, value => value + new string('l', 20_000))),
        new("field's name too long", (_, request) => HasForm(request, Outcome.Refused), (request, _) => request.Form!.Add((new string('n', 3_000), "1"))),
        new("100 fields", (_, request) => HasForm(request, Outcome.Refused), (request, _) => request.Form!.AddRange(Enumerable.Range(0, 100).Select(number => ($"f{number}", "1")))),
        new("field missing", (skeleton, request) => request.Form is not null && skeleton.Required.Length > 0 ? Outcome.Refused : null, (request, random) => request.Form!.RemoveAt(0)),
        new("field emptied", (_, request) => HasForm(request, Outcome.Any), (request, random) => AddressMutations.Replace(request.Form!, random, _ => "")),
        // RFC 6749, 3.2: parameters must not be there twice.
        new("field twice", (skeleton, request) => HasForm(request, skeleton.Surface == Surface.OAuth ? Outcome.Refused : Outcome.Any), (request, random) => request.Form!.Add(Nasty.Pick(random, request.Form))),
        new("field nobody asked for", (_, request) => HasForm(request, Outcome.Any), (request, random) => request.Form!.Add((random.Next(2) == 0 ? Nasty.Encoded(random) : Nasty.BrokenEncoding(random), Nasty.Encoded(random)))),
        new("no form", (skeleton, request) => HasForm(request, skeleton.Entry is Entry.Form or Entry.Session || skeleton.Required.Length > 0 ? Outcome.Refused : Outcome.Any), (request, _) => request.Form!.Clear()),
        new("multipart", (_, request) => IsMultipart(request) ? Outcome.Any : null, (request, random) => request.Body = Spoil(request.Body!, random)),
        new("multipart type", (_, request) => IsMultipart(request) ? Outcome.Any : null, (request, random) => request.SetHeader("Content-Type", Nasty.Pick(random, OddTypes))),
    ];

    private static Outcome? HasForm(WireRequest request, Outcome outcome) => request.Form is { Count: > 0 } ? outcome : null;

    private static bool IsMultipart(WireRequest request) => request.Header("Content-Type")?.StartsWith("multipart/", StringComparison.Ordinal) == true;

    private static string Spoil(string body, Random random) => random.Next(8) switch
    {
        0 => body[..random.Next(body.Length)],
        1 => body.Replace("Content-Disposition", "Content-Nothing", StringComparison.Ordinal),
        2 => body.Replace("name=\"", "name=\"" + new string('n', 20_000), StringComparison.Ordinal),
        3 => body.Replace("\r\n\r\n", "\r\n", StringComparison.Ordinal),
        4 => body.Replace("filename=\"", "filename*=utf-8''%ff%00; filename=\"", StringComparison.Ordinal),
        5 => body.Replace("--fuzz--", "--fuzz", StringComparison.Ordinal),
        6 => body.Insert(random.Next(body.Length), Nasty.Pick(random, ["\0", "\u00ff\u00fe", "--fuzz\r\n", "\r\n\r\n", "\n"])),
        _ => string.Concat(Enumerable.Repeat(body[..body.LastIndexOf("--fuzz--", StringComparison.Ordinal)], 20)) + "--fuzz--\r\n",
    };
}
