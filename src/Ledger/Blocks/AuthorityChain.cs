using System.Data.Common;
using Dapper;

namespace Rally.Ledger.Blocks;

/// <summary>All authorities of a store by number, each introduced by the one before it.</summary>
internal sealed class AuthorityChain(IReadOnlyList<Authority> authorities)
{
    public IReadOnlyList<Authority> Authorities => authorities;

    public static async Task<AuthorityChain> ReadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken stop) =>
        new([.. await connection.QueryAsync<Authority>(new CommandDefinition("""
            SELECT number, public_key, first_height, introduced_at, introduction
            FROM ledger_authority
            ORDER BY number
            """, transaction: transaction, cancellationToken: stop)).ConfigureAwait(false)]);

    /// <summary>Which key signs the block at a height: the last one whose first height is not above it.</summary>
    /// <returns>Null when there is none yet.</returns>
    public Authority? At(long height) => authorities.LastOrDefault(authority => authority.FirstHeight <= height);

    /// <summary>Whether the key that signs at the header's height is the one it names, and signed it.</summary>
    public bool Verifies(BlockHeader header, byte[] signature) =>
        At(header.Height) is { } authority && authority.Number == header.Authority &&
        AuthorityPrivateKey.Verify(authority.PublicKey, header.ToCanonicalBytes(), signature);

    /// <summary>Follows the introductions from number 1.</summary>
    /// <param name="pinned">The public key of number 1 as an outsider knows it; null to take the store's word for it.</param>
    /// <returns>The first thing that is wrong, in words; null when all is right.</returns>
    public string? FindFault(byte[]? pinned = null)
    {
        for (var i = 0; i < authorities.Count; i++)
        {
            var authority = authorities[i];
            if (authority.Number != i + 1)
                return $"Authority {i + 1} is missing.";
            if (i == 0)
            {
                if (authority.Introduction is not null || authority.FirstHeight != 1)
                    return "Authority 1 must sign from height 1, and nothing can introduce it.";
                if (pinned is not null && !authority.PublicKey.AsSpan().SequenceEqual(pinned))
                    return "Authority 1 is not the pinned one.";
            }
            else if (authority.FirstHeight < authorities[i - 1].FirstHeight)
            {
                return $"Authority {authority.Number} signs from height {authority.FirstHeight}, before the one that introduced it.";
            }
            else if (!authorities[i - 1].Introduced(authority))
            {
                return $"Authority {authority.Number} was not introduced by authority {authority.Number - 1}.";
            }
        }

        return null;
    }
}
