using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Apps;

/// <summary>
/// An app gets another secret. The one before works on for <see cref="AuthOptions.OldSecretLifetime"/>, or until its owner
/// removes it; one that was old already ends at once, so that there are never more than two.
/// </summary>
internal sealed class ChangeAppSecret(
    Database database, Consents consents, Notices notices, IOptions<AuthOptions> options, TimeProvider time, ILogger<ChangeAppSecret> log)
{
    /// <returns>The new secret, to be shown once; null when the account has no such app with a secret.</returns>
    public async Task<string?> ExecuteAsync(Account owner, string clientId, CancellationToken stop)
    {
        var secret = OpaqueToken.New();
        var isChanged = await database.WriteAsync(async transaction =>
        {
            await consents.LockAsync(transaction, owner.Id, stop);
            var changed = await transaction.Connection!.ExecuteAsync("""
                UPDATE auth_client SET old_secret_hash = secret_hash, old_secret_until = @until, secret_hash = @hash
                WHERE id = @clientId AND account_id = @Id AND secret_hash IS NOT NULL
                """,
                new
                {
                    clientId,
                    owner.Id,
                    hash = ClientAuthentication.HashSecret(secret),
                    until = time.GetUtcNow() + options.Value.OldSecretLifetime,
                }, transaction);
            if (changed == 0)
                return false;
            await notices.AddAsync(transaction, owner, "An app of your Rally account has another secret", $"The app {clientId} was given another secret.");
            return true;
        }, stop);
        if (!isChanged)
            return null;
        notices.Wake();
        log.LogInformation("The account {Account} gave the app {Client} another secret", owner.Id, clientId);
        return secret;
    }

    /// <summary>Ends the secret before the present one.</summary>
    public Task RemoveOldAsync(Account owner, string clientId, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_client SET old_secret_hash = NULL, old_secret_until = NULL WHERE id = @clientId AND account_id = @Id",
            new { clientId, owner.Id }, transaction), stop);
}
