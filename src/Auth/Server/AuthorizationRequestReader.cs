using System.Buffers.Text;
using System.Globalization;
using Rally.Auth.Apps;
using Rally.Auth.Links;
using static Rally.Auth.Server.AuthorizationRequest;

namespace Rally.Auth.Server;

/// <summary>
/// Validates authorization requests. It is asked again at each step (sign-in, consent), so that no step need trust
/// what an earlier one left in the browser.
/// </summary>
internal sealed class AuthorizationRequestReader(ClientStore clients, AppGate gate, ScopeCatalog scopes, PushedRequests pushedRequests)
{
    /// <summary>RFC 9449, 10.</summary>
    public const string ProofKeyName = "dpop_jkt";

    private const int MostNonceCharacters = 500;

    public async Task<Reading> ReadAsync(Parameters parameters, CancellationToken stop)
    {
        var client = await clients.FindAsync(parameters["client_id"], stop);
        if (client is null)
            return new Unanswerable("The app that sent you here is not known to this server.");
        if (gate.FaultOf(client) is { } closed)
            return new Unanswerable(closed);
        PushedRequests.Pushed? pushed = null;
        if (parameters["request_uri"] is { } requestUri)
        {
            if (await pushedRequests.FindAsync(requestUri, client, stop) is not { } found)
                return new Unanswerable("This request has expired or was answered already. Go back to the app and begin again.");
            // Nothing beside it counts, or the push would protect nothing.
            (pushed, parameters) = (found, found.Parameters);
        }

        if (parameters["redirect_uri"] is not { } redirectUri || !RedirectUri.Matches(client, redirectUri))
            return new Unanswerable("The app that sent you here asked for the answer at an address it has not registered.");

        var state = parameters["state"];
        var isFormer = pushed is { IsFormer: true };
        if (FaultOf(parameters, client, isFormer) is { } fault)
            return new Refused(redirectUri, state, fault) { IsFormer = isFormer };
        var details = AuthorizationDetails.Parse(parameters["authorization_details"])!;
        return new Valid(new AuthorizationRequest(
            client,
            redirectUri,
            state,
            Scope.Split(parameters["scope"]),
            isFormer ? "" : parameters["code_challenge"]!,
            details.Link)
        {
            Limits = details.Limits,
            Pushed = pushed?.Hash,
            IsFormer = isFormer,
            Nonce = parameters["nonce"],
            ProofKey = parameters[ProofKeyName],
            Prompts = Prompt.Parse(parameters["prompt"])!,
            MaxAge = parameters["max_age"] is { } seconds ? TimeSpan.FromSeconds(Seconds(seconds)!.Value) : null,
        });
    }

    private OAuthError? FaultOf(Parameters parameters, Client client, bool isFormer)
    {
        if (parameters.AnyRepeated)
            return OAuthError.Repeated;
        if (parameters["request"] is not null)
            return new("request_not_supported", "Send the parameters themselves, not a request object.");
        if (parameters["registration"] is not null)
            return new("registration_not_supported", "Clients are registered ahead.");
        if (parameters["response_type"] is not { } responseType)
            return OAuthError.InvalidRequest("response_type is missing.");
        if (responseType != "code")
            return new("unsupported_response_type", "The only response_type is code.");
        if (parameters["response_mode"] is not (null or "query"))
            return OAuthError.InvalidRequest("The only response_mode is query.");
        if (!client.MayUse(GrantType.AuthorizationCode))
            return OAuthError.UnauthorizedClient("The client is not registered for authorization codes.");
        if (!isFormer && Pkce.FaultOf(parameters["code_challenge"], parameters["code_challenge_method"]) is { } fault)
            return OAuthError.InvalidRequest(fault);
        if (AuthorizationDetails.Parse(parameters["authorization_details"]) is not { } details)
            return new("invalid_authorization_details", AuthorizationDetails.Rule);
        if (details.Link is not null && VouchForLink.IsTrusted(client) && VouchForLink.IdentityOf(client, details.Link) is null)
            return new("invalid_authorization_details", VouchForLink.Rule);
        if (details.Limits.Count > 0 && !scopes.Spend(Scope.Split(parameters["scope"])))
            return new("invalid_authorization_details", "A spending_limit belongs to a scope that spends coins, and the request has none.");

        if (Prompt.Parse(parameters["prompt"]) is null)
            return OAuthError.InvalidRequest("prompt must be of none, login, consent and select_account, and none by itself.");
        if (parameters["max_age"] is { } age && Seconds(age) is null)
            return OAuthError.InvalidRequest("max_age must be a number of seconds.");
        if (parameters["nonce"]?.Length > MostNonceCharacters)
            return OAuthError.InvalidRequest("nonce must have at most 500 characters.");

        if (parameters[ProofKeyName] is { } key && !(key.Length == 43 && Base64Url.IsValid(key)))
            return OAuthError.InvalidRequest("dpop_jkt must be the SHA-256 thumbprint of a key, as 43 characters of base64url.");

        return scopes.FaultOf(Scope.Split(parameters["scope"]), client);
    }

    private static int? Seconds(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
