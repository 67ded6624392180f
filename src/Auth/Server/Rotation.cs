using System.Data.Common;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// A refresh token's use, worked out before the store's writer is asked: what was relied on, and what follows. The store does it
/// only if everything is still so.
/// </summary>
/// <param name="Seen">The token that is used.</param>
/// <param name="Used">Its hash.</param>
/// <param name="Kept">What, with it, makes its successor again.</param>
/// <param name="Client">Whose it is, as it proved itself; null when it was looked at in the same transaction.</param>
/// <param name="At">When.</param>
/// <param name="Access">What is issued for it.</param>
/// <param name="Refresh">Its successor.</param>
internal sealed record Rotation(
    SeenRefreshToken Seen, byte[] Used, byte[] Kept, KnownClient? Client, DateTimeOffset At, Rotation.Issued Access, Rotation.Issued Refresh)
{
    // Or each rotation would move the grant in its index. An app that comes every hour so moves it twice a day.
    private static readonly TimeSpan GrantOutlasts = TimeSpan.FromHours(12);

    private static readonly RowsStatement<Rotation> Claim = Claiming(isKnown: false, lengthens: false);
    private static readonly RowsStatement<Rotation> ClaimAndLengthen = Claiming(isKnown: false, lengthens: true);
    private static readonly RowsStatement<Rotation> ClaimAsKnown = Claiming(isKnown: true, lengthens: false);
    private static readonly RowsStatement<Rotation> ClaimAsKnownAndLengthen = Claiming(isKnown: true, lengthens: true);

    private static readonly RowsStatement<Rotation> AddAccess = new RowsStatement<Rotation>("""
        INSERT INTO auth_access_token (hash, grant_id, scope, expires_at, proof_key)
        SELECT r.hash, r.grant_id, r.scope, r.expires_at, r.proof_key FROM {rows}
        """)
        .With("hash", rotation => rotation.Access.Hash)
        .With("grant_id", rotation => rotation.Seen.GrantId)
        .With("scope", rotation => rotation.Access.Scope)
        .With("expires_at", rotation => rotation.Access.ExpiresAt)
        .With("proof_key", rotation => rotation.Access.ProofKey);

    private static readonly RowsStatement<Rotation> AddRefresh = new RowsStatement<Rotation>("""
        INSERT INTO auth_refresh_token (hash, grant_id, expires_at, proof_key)
        SELECT r.hash, r.grant_id, r.expires_at, r.proof_key FROM {rows}
        """)
        .With("hash", rotation => rotation.Refresh.Hash)
        .With("grant_id", rotation => rotation.Seen.GrantId)
        .With("expires_at", rotation => rotation.Refresh.ExpiresAt)
        .With("proof_key", rotation => rotation.Refresh.ProofKey);

    /// <summary>The successor with its grant, as they are in the store when this is.</summary>
    public SeenRefreshToken Left => Seen with
    {
        GrantEnds = Lengthens ? GrantEnds : Seen.GrantEnds,
        ExpiresAt = Refresh.ExpiresAt,
        ProofKey = Refresh.ProofKey,
        RefreshHash = Refresh.Hash,
        UsedHash = Used,
        UsedAt = At,
        Successor = Kept,
    };

    private bool Lengthens => Seen.GrantEnds < Refresh.ExpiresAt;

    private DateTimeOffset GrantEnds => Refresh.ExpiresAt + GrantOutlasts;

    /// <param name="Token">As the client gets it.</param>
    /// <param name="Scope">What it may do.</param>
    /// <param name="ProofKey">What it is bound to; null for nothing.</param>
    internal sealed record Issued(string Token, string Scope, DateTimeOffset ExpiresAt, string? ProofKey)
    {
        public byte[] Hash { get; } = OpaqueToken.Hash(Token)!;
    }

    /// <summary>
    /// Claims the grant's row first, and so goes the way that <see cref="GrantStore.HoldAsync"/> names; whoever uses a token has
    /// received it, so what the one before it kept is gone with that.
    /// </summary>
    /// <returns>False when something has changed; then nothing is written.</returns>
    public async Task<bool> StoreAsync(DbTransaction transaction)
    {
        Rotation[] rows = [this];
        var claim = (Client is not null, Lengthens) switch
        {
            (false, false) => Claim,
            (false, true) => ClaimAndLengthen,
            (true, false) => ClaimAsKnown,
            (true, true) => ClaimAsKnownAndLengthen,
        };
        if (await claim.ExecuteAsync(transaction, rows, CancellationToken.None) == 0)
            return false;
        await AddAccess.ExecuteAsync(transaction, rows, CancellationToken.None);
        await AddRefresh.ExecuteAsync(transaction, rows, CancellationToken.None);
        return true;
    }

    // Of two uses at once, on whatever processes, this lets one through.
    private static RowsStatement<Rotation> Claiming(bool isKnown, bool lengthens)
    {
        const string asKnown = """
             AND EXISTS (
              SELECT 1 FROM auth_client c
              WHERE c.id = g.client_id AND c.state = r.state AND c.scope = r.client_scope AND c.grant_types = r.grant_types
                AND (c.secret_hash = r.secret_hash OR (c.secret_hash IS NULL AND r.secret_hash IS NULL)))
            """;
        var claim = new RowsStatement<Rotation>($$"""
            UPDATE auth_grant AS g SET
              refresh_hash = r.successor_hash, used_hash = r.hash, used_at = r.at, successor = r.successor{{(lengthens ? ", expires_at = r.ends" : "")}}
            FROM {rows}
            WHERE g.id = r.id AND g.refresh_hash = r.hash AND g.revoked_at IS NULL AND g.scope = r.scope
              AND EXISTS (SELECT 1 FROM auth_refresh_token t WHERE t.hash = r.hash AND t.expires_at > r.at){{(isKnown ? asKnown : "")}}
            """)
            .With("id", rotation => rotation.Seen.GrantId)
            .With("hash", rotation => rotation.Used)
            .With("scope", rotation => rotation.Seen.Scope)
            .With("successor_hash", rotation => rotation.Refresh.Hash)
            .With("successor", rotation => rotation.Kept)
            .With("at", rotation => rotation.At);
        if (lengthens)
            claim.With("ends", rotation => rotation.GrantEnds);
        return !isKnown ? claim : claim
            .With("state", rotation => rotation.Client!.Client.State)
            .With("client_scope", rotation => rotation.Client!.Scope)
            .With("grant_types", rotation => rotation.Client!.GrantTypes)
            .With("secret_hash", rotation => rotation.Client!.SecretHash);
    }
}
