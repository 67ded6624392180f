using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Server;

namespace Rally.Auth.Links;

/// <summary>
/// Signing in at another site to show that an account there is one's own: the framework's OAuth client with state and
/// PKCE. The token is used once, to ask whose it is, and not kept.
/// </summary>
internal sealed class LinkSignIn(IOptionsMonitor<OAuthOptions> options, Issuer issuer, ILoggerFactory loggers, UrlEncoder encoder)
    : OAuthHandler<OAuthOptions>(options, loggers, encoder)
{
    // By the public address: behind a proxy that ends TLS, the request itself may look like http.
    private string Callback => issuer.Of(Request) + Options.CallbackPath;

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri) =>
        base.BuildChallengeUrl(properties, Callback);

    protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context) =>
        base.ExchangeCodeAsync(new OAuthCodeExchangeContext(context.Properties, context.Code, Callback));

    protected override async Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
        request.Headers.Add("Client-Id", Options.ClientId); // Twitch asks for it; others do not look
        using var answer = await Backchannel.SendAsync(request, Context.RequestAborted);
        if (!answer.IsSuccessStatusCode)
            throw new AuthenticationFailureException($"Asked whose the token is, {Options.UserInformationEndpoint} answered {(int)answer.StatusCode}.");
        var (id, name) = Read(await answer.Content.ReadAsStringAsync(Context.RequestAborted))
            ?? throw new AuthenticationFailureException($"{Options.UserInformationEndpoint} answered something that names nobody.");
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, id));
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        return new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme.Name);
    }

    /// <returns>Id and user name of Discord's user object, or of Twitch's list with one user.</returns>
    internal static (string Id, string Name)? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var user = document.RootElement;
            if (user.TryGetProperty("data", out var list))
                user = list.EnumerateArray().Single();
            var id = user.GetProperty("id").GetString();
            var name = user.TryGetProperty("login", out var login) ? login.GetString() : user.GetProperty("username").GetString();
            return IsText(id, 64) && id.All(char.IsAsciiDigit) && IsText(name, 100) ? (id, name) : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Settings of the scheme for one provider.</summary>
    public static void Configure(OAuthOptions oauth, LinkProvider provider, OAuthLinkOptions app)
    {
        oauth.ClientId = app.ClientId!;
        oauth.ClientSecret = app.ClientSecret!;
        oauth.AuthorizationEndpoint = app.AuthorizationEndpoint!.AbsoluteUri;
        oauth.TokenEndpoint = app.TokenEndpoint!.AbsoluteUri;
        oauth.UserInformationEndpoint = app.UserEndpoint!.AbsoluteUri;
        oauth.CallbackPath = LinkWays.CallbackOf(provider);
        oauth.SignInScheme = LinkWays.ProofScheme;
        oauth.UsePkce = true;
        oauth.SaveTokens = false;
        oauth.BackchannelTimeout = TimeSpan.FromSeconds(15);
        oauth.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(10);
        if (provider == LinkProvider.Discord)
            oauth.Scope.Add("identify");
        // So that people see with which account they go on, and can choose another.
        oauth.AdditionalAuthorizationParameters[provider == LinkProvider.Twitch ? "force_verify" : "prompt"] = provider == LinkProvider.Twitch ? "true" : "consent";
        oauth.Events.OnRemoteFailure = failed =>
        {
            failed.Response.Redirect($"{LinkWays.PageOf(provider)}?fault=failed");
            failed.HandleResponse();
            return Task.CompletedTask;
        };
        oauth.Events.OnAccessDenied = denied =>
        {
            denied.Response.Redirect($"{LinkWays.PageOf(provider)}?fault=declined");
            denied.HandleResponse();
            return Task.CompletedTask;
        };
    }

    private static bool IsText([NotNullWhen(true)] string? text, int limit) => text is { Length: > 0 } && text.Length <= limit && !text.Any(char.IsControl);
}
