using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Rally.Sandbox.OAuth;

/// <summary>The one app that may ask people to sign in, its codes and its tokens. All of it ends with the process.</summary>
/// <param name="clientId">The app's id.</param>
/// <param name="tokenLifetime">How long an access token works.</param>
/// <param name="checksVerifier">Whether a code that came with a PKCE challenge needs its verifier; Twitch does not look.</param>
/// <param name="time">What the lifetimes are measured by.</param>
internal sealed class AuthorizationDesk(string clientId, TimeSpan tokenLifetime, bool checksVerifier, TimeProvider time)
{
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Code> _codes = new();
    private readonly ConcurrentDictionary<string, (ulong UserId, DateTimeOffset Ends)> _tokens = new();

    /// <summary>What a token request came to.</summary>
    internal abstract record Outcome
    {
        internal sealed record Issued(string AccessToken, string RefreshToken, string Scope) : Outcome;

        internal sealed record WrongClient : Outcome;

        internal sealed record WrongCode : Outcome;

        internal sealed record WrongGrantType : Outcome;
    }

    public string ClientId => clientId;

    public TimeSpan TokenLifetime => tokenLifetime;

    public string ClientSecret { get; } = Secret();

    /// <summary>A code for a person who agreed; good once, for a minute, with the same redirect URI.</summary>
    public string Allow(ulong userId, AuthorizationQuery query)
    {
        var code = Secret();
        _codes[code] = new(userId, query, time.GetUtcNow() + CodeLifetime);
        return code;
    }

    /// <param name="field">A field of the request's form, or null.</param>
    public Outcome Exchange(Func<string, string?> field)
    {
        if (field("client_id") != clientId || !Same(field("client_secret"), ClientSecret))
            return new Outcome.WrongClient();
        if (field("grant_type") != "authorization_code")
            return new Outcome.WrongGrantType();
        if (!_codes.TryRemove(field("code") ?? "", out var code) || code.Ends <= time.GetUtcNow() ||
            code.Query.RedirectUri.OriginalString != field("redirect_uri") || !Fits(code.Query.Challenge, field("code_verifier")))
            return new Outcome.WrongCode();
        var token = Secret();
        _tokens[token] = (code.UserId, time.GetUtcNow() + tokenLifetime);
        return new Outcome.Issued(token, Secret(), code.Query.Scope);
    }

    /// <returns>Whose access token it is; null when it is none, or over.</returns>
    public ulong? FindUser(string? accessToken) =>
        accessToken is not null && _tokens.TryGetValue(accessToken, out var token) && time.GetUtcNow() < token.Ends ? token.UserId : null;

    private bool Fits(string? challenge, string? verifier) =>
        !checksVerifier || challenge is null ||
        Same(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier ?? ""))), challenge);

    private static bool Same(string? given, string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given ?? ""), Encoding.UTF8.GetBytes(secret));

    private static string Secret() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 30);

    private sealed record Code(ulong UserId, AuthorizationQuery Query, DateTimeOffset Ends);
}
