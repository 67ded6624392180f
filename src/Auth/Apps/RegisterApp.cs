using Rally.Auth.Server;
using Rally.Auth.Server.Keys;

namespace Rally.Auth.Apps;

/// <summary>Registers an OAuth client, or makes the one with that id be as given.</summary>
public sealed class RegisterApp
{
    /// <summary>Least length of a client's secret in characters; it is kept as a plain hash, so it must be random.</summary>
    public const int LeastSecretLength = 32;

    private readonly ClientStore _clients;
    private readonly ScopeCatalog _scopes;

    internal RegisterApp(ClientStore clients, ScopeCatalog scopes)
    {
        _clients = clients;
        _scopes = scopes;
    }

    /// <param name="ClientId">1 to 100 of letters, digits, '.', '_', '~', '-'.</param>
    /// <param name="Name">Shown on the consent page; 1 to 80 characters.</param>
    /// <param name="Owner">Who is behind it, shown there too; 1 to 80 characters.</param>
    /// <param name="SecretOrNull">32 to 256 random ASCII characters; null for a public client.</param>
    /// <param name="RedirectUris">https, http on loopback, or a private scheme with a dot in it.</param>
    /// <param name="Scopes">The most it may ask for.</param>
    /// <param name="GrantTypes">
    /// Of authorization_code, refresh_token, client_credentials, urn:ietf:params:oauth:grant-type:device_code.
    /// </param>
    public sealed record Request(
        string ClientId,
        string Name,
        string Owner,
        string? SecretOrNull,
        IReadOnlyList<string> RedirectUris,
        IReadOnlyList<string> Scopes,
        IReadOnlyList<string> GrantTypes)
    {
        /// <summary>How its ID tokens are signed (<c>id_token_signed_response_alg</c>): RS256 or ES256.</summary>
        public string IdTokenAlgorithm { get; init; } = SigningAlgorithm.Rs256;

        // A record prints its members, and the secret must never print.
        private bool PrintMembers(System.Text.StringBuilder text)
        {
            text.Append("ClientId = ").Append(ClientId);
            return true;
        }
    }

    /// <summary>What came of it: <see cref="Registered"/> or <see cref="Invalid"/>.</summary>
    public abstract record Result;

    /// <summary>It is stored.</summary>
    public sealed record Registered : Result;

    /// <param name="Reasons">Sentences for the app's developer.</param>
    public sealed record Invalid(IReadOnlyList<string> Reasons) : Result;

    /// <summary>Checks and stores; nothing is stored unless the result is <see cref="Registered"/>.</summary>
    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var reasons = FaultsOf(request).ToList();
        if (reasons.Count > 0)
            return new Invalid(reasons);
        await _clients.SaveAsync(
            new Client(
                request.ClientId,
                request.Name,
                request.Owner,
                request.SecretOrNull is { } secret ? ClientAuthentication.HashSecret(secret) : null,
                request.RedirectUris,
                request.Scopes,
                request.GrantTypes)
            {
                IdTokenAlgorithm = request.IdTokenAlgorithm,
            },
            stop);
        return new Registered();
    }

    private IEnumerable<string> FaultsOf(Request request)
    {
        if (!ClientStore.IsId(request.ClientId))
            yield return "A client id has 1 to 100 letters, digits, dots, underscores, tildes and dashes.";
        if (!IsName(request.Name) || !IsName(request.Owner))
            yield return "Name and owner have 1 to 80 characters.";
        if (request.SecretOrNull is { } secret &&
            (secret.Length is < LeastSecretLength or > 256 || !secret.All(c => c is > ' ' and < '\x7f')))
            yield return $"A secret has {LeastSecretLength} to 256 printable ASCII characters.";
        foreach (var fault in request.RedirectUris.Select(RedirectUri.FaultOf).OfType<string>().Distinct())
            yield return fault;
        foreach (var unknown in request.Scopes.Where(scope => _scopes.Find(scope) is null))
            yield return $"There is no scope '{unknown}'.";
        foreach (var unknown in request.GrantTypes.Except(GrantType.All))
            yield return $"There is no grant type '{unknown}'.";

        if (!SigningAlgorithm.All.Contains(request.IdTokenAlgorithm))
            yield return $"ID tokens are signed with {string.Join(" or ", SigningAlgorithm.All)}.";

        var forPeople = request.GrantTypes.Contains(GrantType.AuthorizationCode);
        if (forPeople != request.RedirectUris.Count > 0)
            yield return "Redirect URIs belong to authorization_code: register both or neither.";
        if (request.GrantTypes.Contains(GrantType.RefreshToken) && !forPeople && !request.GrantTypes.Contains(GrantType.DeviceCode))
            yield return "refresh_token needs authorization_code, or the device grant.";
        if (request.GrantTypes.Contains(GrantType.ClientCredentials) && request.SecretOrNull is null)
            yield return "client_credentials needs a secret.";
    }

    private static bool IsName(string? name) => name is { Length: >= 1 and <= 80 } && !name.Any(char.IsControl);
}
