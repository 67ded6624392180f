using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Rally.Auth.Server;

/// <summary>
/// The parameters of an OAuth request, or of a page's. One without a value counts as left out (RFC 6749, 3.1), and so does one with
/// a NUL, which is in nothing that people type and which PostgreSQL has no text for.
/// </summary>
internal sealed class Parameters(IEnumerable<KeyValuePair<string, StringValues>> values)
{
    // A token request has some hundreds of bytes, a consent a query in one field; this leaves room, and none for abuse.
    private static readonly FormOptions Limits = new() { ValueCountLimit = 64, KeyLengthLimit = 256, ValueLengthLimit = 16 * 1024 };

    private readonly Dictionary<string, StringValues> _values = new(values, StringComparer.Ordinal);

    public string? this[string name] =>
        _values.TryGetValue(name, out var value) && value is [{ Length: > 0 } only] && !only.Contains('\0') ? only : null;

    /// <summary>Whether a parameter is there twice, which RFC 6749, 3.1 and 3.2, forbids.</summary>
    public bool AnyRepeated => _values.Values.Any(value => value.Count > 1);

    public static Parameters Of(IQueryCollection query) => new(query);

    /// <param name="query">With or without its leading '?'.</param>
    public static Parameters OfQuery(string query) => new(QueryHelpers.ParseQuery(query));

    /// <summary>All of them as a query, encoded, with one left out and one set.</summary>
    public string ToQuery(string without, (string Name, string Value) with) =>
        QueryString.Create(_values.Where(pair => pair.Key != without && pair.Key != with.Name)).Add(with.Name, with.Value).Value!;

    /// <returns>Null when the body is not a readable application/x-www-form-urlencoded form.</returns>
    public static async Task<Parameters?> OfFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType || !request.ContentType!.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            return new Parameters(await request.ReadFormAsync(Limits, request.HttpContext.RequestAborted));
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException or NotSupportedException)
        {
            // NotSupportedException: the form says it is in UTF-7.
            return null;
        }
    }
}
