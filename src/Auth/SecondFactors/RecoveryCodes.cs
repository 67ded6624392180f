using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Rally.Auth.SecondFactors;

/// <summary>
/// Codes for somebody whose authenticator is lost, each good once: 80 random bits in 16 letters and digits. Only the SHA-256
/// is kept; with that much entropy, and the lockout, it needs neither salt nor stretching.
/// </summary>
internal static class RecoveryCodes
{
    public const int Count = 10;
    private const int Bytes = 10;
    private const int Length = 16;

    /// <summary>Replaces the account's codes.</summary>
    /// <returns>The new ones, in groups of four.</returns>
    public static async Task<IReadOnlyList<string>> ReplaceAsync(DbTransaction transaction, Guid accountId)
    {
        var codes = Enumerable.Range(0, Count).Select(_ => Base32.Encode(RandomNumberGenerator.GetBytes(Bytes))).ToList();
        await ForgetAsync(transaction, accountId);
        await transaction.Connection!.ExecuteAsync(
            "INSERT INTO auth_recovery_code (account_id, hash) VALUES (@accountId, @hash)",
            codes.Select(code => new { accountId, hash = Hash(code) }), transaction);
        return [.. codes.Select(Base32.InGroups)];
    }

    public static Task ForgetAsync(DbTransaction transaction, Guid accountId) =>
        transaction.Connection!.ExecuteAsync("DELETE FROM auth_recovery_code WHERE account_id = @accountId", new { accountId }, transaction);

    /// <returns>Whether it was one of the account's, which it is no longer.</returns>
    public static async Task<bool> TakeAsync(DbTransaction transaction, Guid accountId, string typed) =>
        Fold(typed) is { } code && await transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_recovery_code WHERE account_id = @accountId AND hash = @hash", new { accountId, hash = Hash(code) }, transaction) == 1;

    private static string? Fold(string typed)
    {
        var folded = string.Concat(typed.Where(c => c is not (' ' or '-'))).ToUpperInvariant();
        return folded.Length == Length ? folded : null;
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));
}
