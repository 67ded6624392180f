using System.Text;
using System.Text.Json.Nodes;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Bodies of JSON.</summary>
internal static class JsonMutations
{
    private static readonly string[] OtherTypes = ["text/plain", "application/xml", "application/x-www-form-urlencoded", "", "////", "application/jsonx", "\u00ff"];
    private static readonly string[] NoJson =
        ["", " ", "{", "[", "\"", "{\"a\"", "{\"a\":", "{a:1}", "{'a':1}", "nul", "01", "1e", "--", "{}}", "{} {}", "\u00ff\u00fe", "\u00ef\u00bb\u00bf{", "{\"a\":1,}", "/**/{}", "\0", "{\"\u00c3\u0028\":1}", "{\"a\":\"\u00ff\"}", "{\"a\":\"\\ud8zz\"}", "{\"a\":\"\u0001\"}", "NaN"];

    private static readonly string[] NoObjects = ["[]", "1", "\"text\"", "null", "true", "1e9", "[{}]"];
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1.5", "1e400", "-1e400", "123456789012345678901234567890", "\"\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "[]", "{}", "[null]", "[[1]]", "{\"a\":{}}",
        "\"\\uffff\"", "\"\\u202e\"", "1.00000000000000000000000000000000000000001", "0.0000001", "\"-0\"", "\"1e3\"", "\"99999999999999999999\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59+14:00\"", "[\"transfer.posted\",\"transfer.posted\"]", "[1,2]",
    ];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        // The former API's programs say any content type, or none.
        new("JSON's content type", (skeleton, request) => Json(skeleton, request, IsFormer(skeleton) ? Outcome.Any : Outcome.Refused), (request, random) => request.SetHeader("Content-Type", Nasty.Pick(random, OtherTypes))),
        new("no JSON", (skeleton, request) => Json(skeleton, request, Outcome.Refused), (request, random) => request.Body = Nasty.Pick(random, NoJson)),
        new("JSON cut", (skeleton, request) => Json(skeleton, request, Outcome.Refused), (request, random) => request.Body = request.Body![..random.Next(request.Body!.Length)]),
        new("no object", (skeleton, request) => Json(skeleton, request, Outcome.Refused), (request, random) => request.Body = Nasty.Pick(random, NoObjects)),
        new("JSON too deep", (skeleton, request) => Json(skeleton, request, Outcome.Refused), (request, random) =>
        {
            var depth = Nasty.Pick(random, [65, 1_000, 5_000]);
            request.Body = $"{request.Body![..^1]},\"deep\":{new string('[', depth)}{new string(']', depth)}}}";
        }),
        new("JSON member's value", (skeleton, request) => Json(skeleton, request, Outcome.Any), (request, random) => Member(request, random, _ => Nasty.Pick(random, Values))),
        new("JSON member's text", (skeleton, request) => Json(skeleton, request, Outcome.Any), (request, random) => Member(request, random, _ => JsonValue.Create(Nasty.Text(random)).ToJsonString())),
        new("JSON member's type", (skeleton, request) => skeleton.Required.Length > 0 ? Json(skeleton, request, Outcome.Refused) : null, (request, random) =>
            Member(request, random, _ => Nasty.Pick(random, ["null", "{}", "true", "[[]]", "\"\\ud800\""]), at: 0)),
        new("JSON member missing", (skeleton, request) => skeleton.Required.Length > 0 ? Json(skeleton, request, Outcome.Refused) : null, (request, random) => Member(request, random, _ => null, at: 0)),
        new("JSON member twice", (skeleton, request) => Json(skeleton, request, Outcome.Any), (request, random) =>
        {
            var (name, value) = Nasty.Pick(random, [.. JsonNode.Parse(request.Body!)!.AsObject()]);
            request.Body = $"{request.Body![..^1]},\"{name}\":{value?.ToJsonString() ?? "null"}}}";
        }),
        new("JSON member nobody asked for", (skeleton, request) => Json(skeleton, request, Outcome.Any), (request, random) =>
            request.Body = $"{request.Body![..^1]},{JsonValue.Create(Nasty.Text(random)).ToJsonString()}:{Nasty.Pick(random, Values)}}}"),
        new("JSON too large", (skeleton, request) => Json(skeleton, request, Outcome.Odd), (request, _) => request.Body = $"{request.Body![..^1]},\"pad\":\"{new string('p', 300_000)}\"}}"),
        new("JSON's bytes", (skeleton, request) => Json(skeleton, request, Outcome.Any), (request, random) => request.Body = new StringBuilder(request.Body) { [random.Next(request.Body!.Length)] = (char)random.Next(256) }.ToString()),
    ];

    private static bool IsFormer(Skeleton skeleton) => skeleton.Route.StartsWith("/v1/", StringComparison.Ordinal) || skeleton.Entry == Entry.Signature;

    private static Outcome? Json(Skeleton skeleton, WireRequest request, Outcome outcome) => skeleton.IsJson && request.Body is not null ? outcome : null;

    private static void Member(WireRequest request, Random random, Func<string, string?> change, int? at = null)
    {
        var members = JsonNode.Parse(request.Body!)!.AsObject().Select(member => (Name: member.Key, Json: (string?)(member.Value?.ToJsonString() ?? "null"))).ToList();
        var index = at ?? random.Next(members.Count);
        members[index] = (members[index].Name, change(members[index].Json!));
        request.Body = $"{{{string.Join(',', members.Where(member => member.Json is not null).Select(member => $"\"{member.Name}\":{member.Json}"))}}}";
    }
}
