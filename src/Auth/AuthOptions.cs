using Microsoft.Extensions.Options;
using Rally.Auth.Links;
using Rally.Auth.Mail;

namespace Rally.Auth;

/// <summary>Settings of accounts, sign-in and the OAuth 2 server.</summary>
public sealed class AuthOptions
{
    /// <summary>
    /// Where browsers and clients reach this server, for example <c>https://rally.example</c>: the issuer's name.
    /// Null takes scheme and host from each request, which is right on loopback only.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>
    /// PBKDF2-HMAC-SHA512 rounds for a password; OWASP's figure for that function. Raising it re-hashes a password
    /// at its next sign-in.
    /// </summary>
    public int PasswordHashIterations { get; set; } = 210_000;

    /// <summary>Wrong passwords in a row after which an account takes none for <see cref="LockoutDuration"/>.</summary>
    public int FailedSignInsBeforeLockout { get; set; } = 5;

    /// <summary>How long a lockout lasts.</summary>
    public TimeSpan LockoutDuration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Tries to sign in, sign up and reset a password that one address has.</summary>
    public SignInRateLimit RateLimit { get; } = new();

    /// <summary>The server that mail goes out by.</summary>
    public MailOptions Mail { get; } = new();

    /// <summary>How long a browser stays signed in without being used.</summary>
    public TimeSpan SessionIdleLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>From the redirect to the token request; RFC 6749 allows ten minutes at most.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an access token works.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a refresh token works without being used; each use replaces it.</summary>
    public TimeSpan RefreshTokenIdleLifetime { get; set; } = TimeSpan.FromDays(60);

    /// <summary>
    /// How long a public client may repeat a refresh whose answer was lost; zero for not at all. A client with a secret may
    /// until it has used the answer.
    /// </summary>
    public TimeSpan RefreshRetryWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a person has to type the code that a device shows.</summary>
    public TimeSpan DeviceCodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an ID token is valid: it is checked when it comes and then put away.</summary>
    public TimeSpan IdTokenLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a key signs ID tokens before the next one does.</summary>
    public TimeSpan SigningKeyLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Whether an app that somebody registers works only once an operator has approved it.</summary>
    public bool AppsNeedApproval { get; set; }

    /// <summary>How many apps an account may have; zero for none, so that only the operator registers apps.</summary>
    public int AppsPerAccount { get; set; } = 10;

    /// <summary>How long an app's secret works on after it got another one.</summary>
    public TimeSpan OldSecretLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Lets apps give webhook addresses on http, IP addresses and names of the own network.</summary>
    public bool AllowPrivateWebhooks { get; set; }

    /// <summary>Identities elsewhere that accounts can be linked to.</summary>
    public LinkOptions Links { get; set; } = new();
}

internal sealed class AuthOptionsValidation : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var faults = new List<string>();
        void Require(bool holds, string sentence)
        {
            if (!holds)
                faults.Add("Auth: " + sentence);
        }

        var url = options.PublicUrl;
        Require(
            url is null || (url.IsAbsoluteUri && url.Scheme is "http" or "https" && url.PathAndQuery == "/" && url.Fragment == "" && url.UserInfo == ""),
            "PublicUrl must be scheme and host only, for example https://rally.example.");
        Require(
            options.PasswordHashIterations is >= 100_000 and <= 10_000_000,
            "PasswordHashIterations must be from 100,000 to 10,000,000.");
        Require(
            options.FailedSignInsBeforeLockout is >= 1 and <= 100,
            "FailedSignInsBeforeLockout must be from 1 to 100.");
        Require(options.LockoutDuration > TimeSpan.Zero, "LockoutDuration must be above zero.");
        Require(
            options.RateLimit is { PerMinute: >= 1 and <= 100_000, Burst: >= 1 and <= 100_000 },
            "RateLimit:PerMinute and RateLimit:Burst must be from 1 to 100,000.");
        Require(
            options.Mail.Host is null || options.PublicUrl is not null,
            "Mail:Host needs PublicUrl, which the links in mails begin with.");
        Require(
            options.Mail.Host is null || EmailAddress.Fold(options.Mail.From) is not null,
            "Mail:From must be the address that mail comes from, for example rally@rally.example.");
        Require(
            options.Mail.Port is >= 1 and <= 65_535 && (options.Mail.UserName is null) == (options.Mail.Password is null),
            "Mail:Port must be from 1 to 65535, and Mail:UserName and Mail:Password be set both or neither.");
        Require(options.SessionIdleLifetime > TimeSpan.Zero, "SessionIdleLifetime must be above zero.");
        Require(
            options.CodeLifetime > TimeSpan.Zero && options.CodeLifetime <= TimeSpan.FromMinutes(10),
            "CodeLifetime must be above zero and at most ten minutes.");
        Require(
            options.AccessTokenLifetime >= TimeSpan.FromSeconds(1),
            "AccessTokenLifetime must be a second or more.");
        Require(
            options.RefreshTokenIdleLifetime > options.AccessTokenLifetime,
            "RefreshTokenIdleLifetime must be above AccessTokenLifetime.");
        Require(
            options.RefreshRetryWindow >= TimeSpan.Zero && options.RefreshRetryWindow <= TimeSpan.FromMinutes(10),
            "RefreshRetryWindow must be from zero to ten minutes.");
        Require(
            options.DeviceCodeLifetime >= TimeSpan.FromMinutes(1) && options.DeviceCodeLifetime <= TimeSpan.FromHours(1),
            "DeviceCodeLifetime must be from a minute to an hour.");
        Require(
            options.IdTokenLifetime >= TimeSpan.FromMinutes(1) && options.IdTokenLifetime <= TimeSpan.FromDays(1),
            "IdTokenLifetime must be from a minute to a day.");
        Require(
            options.SigningKeyLifetime >= TimeSpan.FromDays(7) && options.SigningKeyLifetime <= TimeSpan.FromDays(1000),
            "SigningKeyLifetime must be from 7 to 1,000 days.");
        Require(options.AppsPerAccount is >= 0 and <= 1_000, "AppsPerAccount must be from 0 to 1,000.");
        Require(
            options.OldSecretLifetime >= TimeSpan.Zero && options.OldSecretLifetime <= TimeSpan.FromDays(90),
            "OldSecretLifetime must be from zero to 90 days.");
        Require(options.Links.ChainId > 0, "Links:ChainId must be the EIP-155 number of a chain; Ethereum's is 1.");
        foreach (var sentence in options.Links.Discord.FaultsOf("Links:Discord").Concat(options.Links.Twitch.FaultsOf("Links:Twitch")))
            Require(false, sentence);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
