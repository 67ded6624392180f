using System.Text;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Rally.Storage;

namespace Rally.Bot.Store;

/// <summary>Secrets the bot makes once and needs again after a restart, encrypted at rest with the Data Protection keys.</summary>
internal sealed class SecretStore(Database database, IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Bot.Secrets");

    /// <summary>The secret of this name; <paramref name="make"/> is called when there is none. Two callers get the same one.</summary>
    public Task<string> GetOrCreateAsync(string name, Func<string> make, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO bot_secret (name, value, created_at) VALUES (@name, @value, @now)
                ON CONFLICT (name) DO NOTHING
                """, new { name, value = Protect(make()), now = time.GetUtcNow() }, transaction);
            var kept = await transaction.Connection!.QuerySingleAsync<byte[]>(
                "SELECT value FROM bot_secret WHERE name = @name", new { name }, transaction);
            return Unprotect(kept);
        }, stop);

    public byte[] Protect(string secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The keys folder is not the one the secret was kept with.</exception>
    public string Unprotect(byte[] kept) => Encoding.UTF8.GetString(_protector.Unprotect(kept));
}
