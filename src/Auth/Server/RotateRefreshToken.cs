using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Turns a refresh token into an access token and its own successor. A used token that comes again means that somebody
/// else has it: the whole family is revoked (RFC 9700, 4.14.2). But an answer can be lost, so as long as the successor
/// was never used the same token gets the same successor again: from a client that proves who it is at any time, from
/// a public one for <see cref="AuthOptions.RefreshRetryWindow"/> (docs/adr/0010).
/// </summary>
internal sealed class RotateRefreshToken(
    Database database, GrantStore grants, KnownClients clients, KnownRefreshTokens tokens, IOptions<AuthOptions> options, TimeProvider time, ILogger<RotateRefreshToken> log)
{
    public async Task<TokenOutcome> ExecuteAsync(Client client, Parameters form, DpopKey? key, CancellationToken stop)
    {
        if (form["refresh_token"] is not { } token)
            return new TokenOutcome.Refused(OAuthError.InvalidRequest("refresh_token is required."));
        return await ExecuteAsync(client, token, !client.IsPublic, Scope.Split(form["scope"]), key, stop);
    }

    /// <param name="client">Whose token it must be.</param>
    /// <param name="token">As it was sent.</param>
    /// <param name="isProven">Whether the client has shown its secret.</param>
    /// <param name="asked">Scopes of the access token; none for all that was granted.</param>
    /// <param name="key">What the request has proven, if anything.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    public async Task<TokenOutcome> ExecuteAsync(
        Client client, string token, bool isProven, IReadOnlyList<string> asked, DpopKey? key, CancellationToken stop)
    {
        if (OpaqueToken.Hash(token) is not { } hash)
            return Unknown;
        var request = new Request(KnownClient.Of(client), token, hash, isProven, asked, key);
        // A claim asks the store for the present secret only.
        if (!(client.OldSecretUntil > time.GetUtcNow()) && await TryAsync(request, stop) is { } issued)
        {
            clients.Remember(request.Client);
            return issued;
        }

        return await database.WriteTogetherAsync(transaction => DecideAsync(transaction, request), stop);
    }

    /// <summary>The same for a client as it is remembered, if the store still has it so.</summary>
    /// <returns>Null when it has not, or the token is not one that is simply good.</returns>
    public async Task<TokenOutcome.Issued?> TryKnownAsync(KnownClient known, Parameters form, CancellationToken stop) =>
        known.Client.MayUse(GrantType.RefreshToken) && form["refresh_token"] is { } token && OpaqueToken.Hash(token) is { } hash
            ? await TryAsync(new(known, token, hash, IsProven: true, Scope.Split(form["scope"]), Key: null), stop)
            : null;

    /// <summary>The answer to a token that is worth nothing.</summary>
    public static TokenOutcome.Refused Unknown { get; } =
        new(OAuthError.InvalidGrant("The refresh token is unknown, expired, used, revoked, or another client's."));

    // All but the store's part comes before the writer's turn, which everybody waits for. Whatever is not simply good is looked
    // at again there, and told from what is found then.
    private async Task<TokenOutcome.Issued?> TryAsync(Request request, CancellationToken stop)
    {
        var seen = tokens.Take(request.Hash)
            ?? await database.ReadAsync(connection => SeenRefreshToken.FindAsync(connection, null, request.Hash), stop);
        if (seen is null || Judge(seen, request) is not Verdict.Good good)
            return null;
        var rotation = Rotate(seen, request, good.AccessScope, request.Client);
        if (!await database.WriteTogetherAsync(rotation.StoreAsync, stop))
            return null;
        tokens.Remember(rotation.Refresh.Hash, rotation.Left);
        return Answer(rotation, request);
    }

    private async Task<TokenOutcome> DecideAsync(DbTransaction transaction, Request request)
    {
        var connection = transaction.Connection!;
        if (!request.Client.IsStill(await ClientStore.FindAsync(connection, transaction, request.Client.Client.Id)))
            return new TokenOutcome.ClientChanged();
        if (await SeenRefreshToken.FindAsync(connection, transaction, request.Hash) is not { } seen)
            return Unknown;
        switch (Judge(seen, request))
        {
            case Verdict.Bad bad:
                return bad.Refusal;
            case Verdict.Reused:
                await grants.RevokeAsync(transaction, seen.GrantId);
                log.LogWarning("A refresh token of client {Client} was used twice; grant {Grant} is revoked.", seen.ClientId, seen.GrantId);
                return Unknown;
            case Verdict.Repeated repeated:
                if (!await grants.HoldAsync(transaction, seen.GrantId, refreshToken: null))
                    return Unknown;
                log.LogInformation("Client {Client} repeats a refresh of grant {Grant}, whose answer it has not used.", seen.ClientId, seen.GrantId);
                var again = await grants.IssueAsync(transaction, seen.Grant, repeated.AccessScope, refreshToken: null, request.Key);
                return new TokenOutcome.Issued(again with { RefreshToken = Successor.Again(request.Token, seen) }, seen.Grant);
            case Verdict.Good good:
                var rotation = Rotate(seen, request, good.AccessScope, client: null);
                // Another process was faster; now it is found used.
                return await rotation.StoreAsync(transaction) ? Answer(rotation, request) : await DecideAsync(transaction, request);
            case var other:
                throw new UnreachableException($"{other.GetType()}");
        }
    }

    private Verdict Judge(SeenRefreshToken seen, Request request)
    {
        var (client, now) = (request.Client.Client, time.GetUtcNow());
        if (seen.ClientId != client.Id || seen.RevokedAt is not null)
            return new Verdict.Bad(Unknown);
        // Before reuse is looked for: without the key nobody gets anything, nor ends anything.
        if (!DpopKey.Fits(seen.ProofKey, request.Key))
            return Bad(OAuthError.InvalidGrant("The refresh token is bound to a key, which the request does not prove."));
        var isLive = request.Hash.AsSpan().SequenceEqual(seen.RefreshHash);
        if (!isLive && !MayRepeat(seen, request, now))
            return new Verdict.Reused();
        if (seen.ExpiresAt <= now)
            return new Verdict.Bad(Unknown);
        // What the operator has taken from the client since is gone from its next tokens too.
        var granted = Scope.Split(seen.Scope).Intersect(client.Scopes).ToList();
        if (granted.Count == 0)
            return Bad(OAuthError.InvalidGrant("The client is registered for nothing of what was granted."));
        if (request.Asked.Except(granted).Any())
            return Bad(OAuthError.InvalidScope("scope is more than was granted."));
        var accessScope = Scope.Join(request.Asked.Count > 0 ? request.Asked : granted);
        return isLive ? new Verdict.Good(accessScope) : new Verdict.Repeated(accessScope);

        static Verdict Bad(OAuthError error) => new Verdict.Bad(new(error));
    }

    private bool MayRepeat(SeenRefreshToken seen, Request request, DateTimeOffset now) =>
        seen is { UsedHash: { } used, UsedAt: { } usedAt, Successor: not null } && request.Hash.AsSpan().SequenceEqual(used)
        && (request.IsProven || now - usedAt <= options.Value.RefreshRetryWindow);

    private Rotation Rotate(SeenRefreshToken seen, Request request, string accessScope, KnownClient? client)
    {
        var (now, key) = (time.GetUtcNow(), request.Key);
        var (successor, salt) = Successor.New(request.Token, now);
        return new(
            seen, request.Hash, salt, client, now,
            new(OpaqueToken.New(now), accessScope, now + options.Value.AccessTokenLifetime, key?.Thumbprint),
            new(successor, seen.Scope, now + options.Value.RefreshTokenIdleLifetime, key is { BindsRefreshToken: true } ? key.Thumbprint : null));
    }

    private TokenOutcome.Issued Answer(Rotation rotation, Request request) => new(
        grants.Response(rotation.Access.Token, rotation.Access.Scope, rotation.Refresh.Token, rotation.Seen.AuthorizationDetails, request.Key),
        rotation.Seen.Grant);

    private sealed record Request(KnownClient Client, string Token, byte[] Hash, bool IsProven, IReadOnlyList<string> Asked, DpopKey? Key);

    private abstract record Verdict
    {
        public sealed record Good(string AccessScope) : Verdict;

        public sealed record Repeated(string AccessScope) : Verdict;

        public sealed record Reused : Verdict;

        public sealed record Bad(TokenOutcome.Refused Refusal) : Verdict;
    }
}
