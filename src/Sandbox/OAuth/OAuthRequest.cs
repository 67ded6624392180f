using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace Rally.Sandbox.OAuth;

/// <summary>Small readings of OAuth requests.</summary>
internal static class OAuthRequest
{
    /// <summary>The fields of a token request's form; of a body that is no form, none.</summary>
    public static async Task<Func<string, string?>> FieldsAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
            return _ => null;
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        return name => form[name] is [{ Length: > 0 } value] ? value : null;
    }

    public static string? Bearer(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var value) && value.Scheme == "Bearer" ? value.Parameter : null;
}
