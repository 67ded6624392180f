using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>
/// Whether a session is as fresh as an app asks with prompt=login or max_age. On the way to the sign-in page the request
/// is marked with the time, sealed, so that a sign-in after that mark counts, and only such a one.
/// </summary>
internal sealed class SignInAge(IDataProtectionProvider protection, TimeProvider time)
{
    private const string Mark = "asked_at";

    // Who takes longer at the sign-in page signs in once more.
    private static readonly TimeSpan MarkLifetime = TimeSpan.FromMinutes(15);

    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Auth.SignInAge.v1");

    /// <param name="query">The request's own query, whose mark counts.</param>
    public bool Satisfies(AuthorizationRequest request, DateTimeOffset signedInAt, Parameters query)
    {
        var now = time.GetUtcNow();
        var tooOld = request.Prompts.Contains(Prompt.Login) || (request.MaxAge is { } limit && (limit == TimeSpan.Zero || now - signedInAt > limit));
        return !tooOld || (Read(query[Mark]) is { } askedAt && askedAt <= signedInAt && now - askedAt <= MarkLifetime);
    }

    /// <summary>The query, marked with the present time.</summary>
    public string WithMark(QueryString query)
    {
        var parameters = QueryHelpers.ParseQuery(query.Value);
        parameters[Mark] = _protector.Protect(time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        return QueryString.Create(parameters).Value!;
    }

    private DateTimeOffset? Read(string? mark)
    {
        try
        {
            return mark is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(_protector.Unprotect(mark), CultureInfo.InvariantCulture));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
