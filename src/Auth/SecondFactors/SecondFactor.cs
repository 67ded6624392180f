using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Rally.Auth.Accounts;
using Rally.Storage;

namespace Rally.Auth.SecondFactors;

/// <summary>An account's authenticator app: turned on with a first code, asked at each sign-in, no code good twice.</summary>
internal sealed class SecondFactor(Database database, SignIn signIn, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Auth.Totp");

    /// <summary>Turns it on, and signs the account's other browsers out.</summary>
    /// <param name="accountId">The account; it has none yet.</param>
    /// <param name="key">What the app has been given.</param>
    /// <param name="code">What the app shows, which proves that it has.</param>
    /// <param name="keptSession">The browser that stays signed in.</param>
    /// <param name="stop">Ends the work.</param>
    /// <returns>The recovery codes; null when the code is not right, or there was a second factor already.</returns>
    public async Task<IReadOnlyList<string>?> TurnOnAsync(Guid accountId, byte[] key, string? code, Guid keptSession, CancellationToken stop)
    {
        if (Totp.Match(key, Digits(code), time.GetUtcNow()) is not { } step)
            return null;
        return await database.WriteAsync(async transaction =>
        {
            var changed = await transaction.Connection!.ExecuteAsync(
                "UPDATE auth_account SET totp_key = @sealedKey, totp_step = @step WHERE id = @accountId AND totp_key IS NULL",
                new { sealedKey = _protector.Protect(key), step, accountId }, transaction);
            if (changed == 0)
                return null;
            await Sessions.EndAllAsync(transaction, accountId, keptSession);
            return await RecoveryCodes.ReplaceAsync(transaction, accountId);
        }, stop);
    }

    public Task TurnOffAsync(Guid accountId, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync("UPDATE auth_account SET totp_key = NULL WHERE id = @accountId", new { accountId }, transaction);
            await RecoveryCodes.ForgetAsync(transaction, accountId);
        }, stop);

    public Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Guid accountId, CancellationToken stop) =>
        database.WriteAsync(transaction => RecoveryCodes.ReplaceAsync(transaction, accountId), stop);

    public Task<long> RecoveryCodesLeftAsync(Guid accountId, CancellationToken stop) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM auth_recovery_code WHERE account_id = @accountId", new { accountId }), stop);

    /// <summary>Takes a code of the app, or a recovery code. A wrong one counts towards the lockout like a wrong password.</summary>
    /// <returns>Whether it was right, and neither used before nor tried on a locked account.</returns>
    public async Task<bool> TakeAsync(Account account, string? code, CancellationToken stop)
    {
        if (await signIn.CountAttemptAsync(account.UserName, stop) is null)
            return false;
        var isRight = await database.WriteAsync(async transaction =>
        {
            var sealedKey = await transaction.Connection!.ExecuteScalarAsync<byte[]?>(
                "SELECT totp_key FROM auth_account WHERE id = @Id", new { account.Id }, transaction);
            if (sealedKey is null)
                return false;
            if (Totp.Match(_protector.Unprotect(sealedKey), Digits(code), time.GetUtcNow()) is { } step)
            {
                // Of two who bring the same code, on whatever processes, one passes (RFC 6238, 5.2).
                return await transaction.Connection!.ExecuteAsync(
                    "UPDATE auth_account SET totp_step = @step WHERE id = @Id AND totp_step < @step", new { step, account.Id }, transaction) == 1;
            }

            return await RecoveryCodes.TakeAsync(transaction, account.Id, code ?? "");
        }, stop);
        if (isRight)
            await signIn.ForgiveAsync(account.Id, stop);
        return isRight;
    }

    private static string Digits(string? code) => string.Concat((code ?? "").Where(char.IsAsciiDigit));
}
