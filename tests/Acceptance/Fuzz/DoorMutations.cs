namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Tokens, client secrets, cookies, and the forms' own token.</summary>
internal static class DoorMutations
{
    public const string FormToken = "__RequestVerificationToken";

    private static readonly string[] Credentials =
    [
        "", "Bearer", "Bearer ", "Bearer \0", "Bearer a b", "Bearer %00", "Bearer =====", "Bearer \u00ff\u00fe", "bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Basic", "Basic !!!!", "Basic AAAA",
        "Basic OjpBOg==", "Basic AAAAADo=", "Basic JWZmOiUwMA==", "Basic JTovJQ==", "DPoP AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "Digest username=\"x\"", "Negotiate TlRMTVNTUA==", "X", ",", "Bearer ,", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    ];

    private static readonly string[] Cookies =
    [
        "rally.session=", "rally.session=CfDJ8", "rally.session=\u00ff", "rally.session=%00", "rally.session=\"", "=", ";;;", "rally.session", "rally.session=chunks-9", "rally.session=chunks-2147483647", "rally.session=chunks--1",
        "rally.form=CfDJ8AAAA", "rally.form=%", "rally_link=%zz", "a=b; a=b; a=b", "\u0001=\u0002", "rally.session=a,b",
    ];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("no credentials", (skeleton, _) => IsHeader(skeleton) ? Outcome.Refused : null, (request, _) => request.RemoveHeader("Authorization")),
        new("credentials", (skeleton, _) => IsHeader(skeleton) ? Outcome.Refused : Outcome.Any, (request, random) => request.SetHeader("Authorization", Nasty.Pick(random, Credentials))),
        new("credentials flipped", (skeleton, _) => IsHeader(skeleton) ? Outcome.Refused : null, (request, random) =>
            request.SetHeader("Authorization", request.Header("Authorization") is { } value ? value[..7] + "~" + value[8..] : "Bearer ~")),
        new("credentials cut", (skeleton, _) => IsHeader(skeleton) ? Outcome.Refused : null, (request, random) =>
            request.SetHeader("Authorization", request.Header("Authorization") is { } value ? value[..random.Next(value.Length - 4)] : "")),
        new("credentials too long", (skeleton, _) => IsHeader(skeleton) ? Outcome.Refused : Outcome.Any, (request, random) => request.SetHeader("Authorization", "Bearer " + new string('t', random.Next(5_000)))),
        new("credentials twice", (skeleton, _) => IsHeader(skeleton) ? Outcome.Refused : Outcome.Any, (request, random) => request.Headers.Add(("Authorization", Nasty.Pick(random, Credentials[1..])))),
        Mutation.Always("DPoP proof", Outcome.Any, (request, random) => request.SetHeader("DPoP", Nasty.Pick(random, new[] { "", "x", "e30.e30.", "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6Im5vbmUifQ.e30.", "\u00ff", "a,b" }))),
        new("no session", (skeleton, _) => skeleton.Entry == Entry.Session ? Outcome.Refused : null, (request, _) => request.RemoveHeader("Cookie")),
        new("session flipped", (skeleton, _) => skeleton.Entry == Entry.Session ? Outcome.Refused : null, (request, random) =>
            request.SetHeader("Cookie", request.Header("Cookie")!.Replace("rally.session=", "rally.session=" + Nasty.Pick(random, new[] { "A", "C", "%", "chunks-" }), StringComparison.Ordinal))),
        Mutation.Always("cookies", Outcome.Any, (request, random) => request.Headers.Add(("Cookie", Nasty.Pick(random, Cookies)))),
        Mutation.Always("cookies too long", Outcome.Any, (request, _) => request.Headers.Add(("Cookie", "big=" + new string('c', 8_000)))),
        new("no form token", NeedsToken, (request, _) => request.Form!.RemoveAll(field => field.Name == FormToken)),
        new("form token flipped", NeedsToken, (request, random) => Token(request, value => Nasty.Flipped(random, value))),
        new("form token cut", NeedsToken, (request, random) => Token(request, value => value[..random.Next(value.Length)])),
        new("form token replaced", NeedsToken, (request, random) => Token(request, _ => random.Next(2) == 0 ? Nasty.Encoded(random) : Nasty.BrokenEncoding(random))),
        new("form cookie", NeedsToken, (request, random) => request.SetHeader("Cookie", request.Header("Cookie")!.Replace("rally.form=", "rally.form=" + Nasty.Pick(random, new[] { "A", "%", "CfDJ8" }), StringComparison.Ordinal))),
    ];

    private static bool IsHeader(Skeleton skeleton) => skeleton.Entry is Entry.Bearer or Entry.ClientBearer or Entry.Client;

    private static Outcome? NeedsToken(Skeleton skeleton, WireRequest request) =>
        request.Form is not null && skeleton.Entry is Entry.Session or Entry.Form ? Outcome.Refused : null;

    private static void Token(WireRequest request, Func<string, string> change)
    {
        var at = request.Form!.FindIndex(field => field.Name == FormToken);
        request.Form[at] = (FormToken, change(request.Form[at].Value));
    }
}
