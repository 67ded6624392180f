using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Apps;

namespace Rally.Auth.Server;

/// <summary>Who calls the endpoints for clients: client_secret_basic, client_secret_post, or none.</summary>
internal sealed class ClientAuthentication(ClientStore clients, KnownClients known, AppGate gate, TimeProvider time)
{
    private static readonly byte[] NoSecret = new byte[SHA256.HashSizeInBytes];

    /// <returns>The client and what it sent, both, or the error to answer with.</returns>
    public async Task<(Client? Client, Parameters? Form, OAuthError? Error)> ReadAsync(HttpContext context)
    {
        var form = await Parameters.OfFormAsync(context.Request);
        if (form is null)
            return (null, null, OAuthError.InvalidRequest("The body must be a form (application/x-www-form-urlencoded)."));
        if (form.AnyRepeated)
            return (null, null, OAuthError.Repeated);
        var (client, error) = await AuthenticateAsync(context.Request, form, context.RequestAborted);
        return client is null ? (null, null, error ?? OAuthError.InvalidClient) : (client, form, null);
    }

    /// <summary>The client as it is remembered, without a look at the store: see <see cref="KnownClients"/>.</summary>
    /// <returns>Null where the store is to be asked: nothing is refused here.</returns>
    public KnownClient? FindKnown(HttpRequest request, Parameters form)
    {
        if (form.AnyRepeated || CredentialsOf(request, form) is not ({ } id, { } secret, null))
            return null;
        return known.Find(id) is { } client && gate.FaultOf(client.Client) is null
            && CryptographicOperations.FixedTimeEquals(HashSecret(secret), client.SecretHash) ? client : null;
    }

    private async Task<(Client? Client, OAuthError? Error)> AuthenticateAsync(
        HttpRequest request, Parameters form, CancellationToken stop)
    {
        var (id, secret, error) = CredentialsOf(request, form);
        if (error is not null)
            return (null, error);
        if (await FindProvenAsync(id, secret, stop) is not { } client)
            return (null, OAuthError.InvalidClient);
        return gate.FaultOf(client) is { } fault ? (null, OAuthError.UnauthorizedClient(fault)) : (client, null);
    }

    private static (string? Id, string? Secret, OAuthError? Error) CredentialsOf(HttpRequest request, Parameters form)
    {
        var (id, secret) = (form["client_id"], form["client_secret"]);
        if (request.Headers.Authorization.Count == 0)
            return (id, secret, null);
        if (ParseBasic(request.Headers.Authorization.ToString()) is not { } basic)
            return (null, null, OAuthError.InvalidClient);
        return secret is not null || (id is not null && id != basic.Id)
            ? (null, null, OAuthError.InvalidRequest("The client authenticates in two ways at once."))
            : (basic.Id, basic.Secret, null);
    }

    /// <returns>
    /// The client when the secret is its own, or it is public and none was given; else null. Whether it may use the network is
    /// for the caller to ask.
    /// </returns>
    public async Task<Client?> FindProvenAsync(string? id, string? secret, CancellationToken stop)
    {
        var client = await clients.FindAsync(id, stop);
        var proven = client is { IsPublic: true }
            ? secret is null
            : IsSecret(HashSecret(secret ?? ""), client);
        return proven ? client : null;
    }

    // Both are compared, always: the time tells nothing.
    private bool IsSecret(byte[] hash, Client? client)
    {
        var old = client is not null && client.OldSecretUntil > time.GetUtcNow() ? client.OldSecretHash : null;
        return CryptographicOperations.FixedTimeEquals(hash, client?.SecretHash ?? NoSecret) |
            CryptographicOperations.FixedTimeEquals(hash, old ?? NoSecret);
    }

    /// <summary>How a secret is kept. Registration asks for enough characters that a plain hash is safe.</summary>
    public static byte[] HashSecret(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    // Both halves are form-encoded before they are joined (RFC 6749, 2.3.1).
    private static (string Id, string Secret)? ParseBasic(string header)
    {
        var buffer = new byte[header.Length];
        if (!AuthenticationHeaderValue.TryParse(header, out var value) ||
            !value.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ||
            !Convert.TryFromBase64String(value.Parameter ?? "", buffer, out var length))
            return null;
        var halves = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return halves is [var id, var secret] ? (WebUtility.UrlDecode(id), WebUtility.UrlDecode(secret)) : null;
    }
}
