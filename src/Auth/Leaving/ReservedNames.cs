using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Rally.Auth.Leaving;

/// <summary>
/// User names that were somebody's until lately: whoever took one at once could pose as them. Only hashes are kept; whoever
/// has the store can still guess at names until they are free.
/// </summary>
internal static class ReservedNames
{
    /// <summary>How long nobody gets the name of a deleted account.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public static byte[] Hash(string userName) => SHA256.HashData(Encoding.UTF8.GetBytes(userName));

    public static Task AddAsync(DbTransaction transaction, string userName, DateTimeOffset now) =>
        transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_reserved_name (hash, expires_at) VALUES (@hash, @expiresAt)
            ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at
            """, new { hash = Hash(userName), expiresAt = now + Lifetime }, transaction);
}
