using System.Security.Cryptography;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Apps;

/// <summary>The pictures of apps, which their owners choose.</summary>
internal sealed class ChangeAppLogo(ClientStore clients, ChangeApp change, Database database)
{
    internal sealed record Logo(string Type, byte[] Content);

    /// <returns>What is wrong, as a sentence; null when it is done, or the app is not this account's.</returns>
    public async Task<string?> ExecuteAsync(Account owner, string clientId, byte[] content, CancellationToken stop)
    {
        if (LogoImage.Of(content) is not { } image)
            return LogoImage.Rule;
        var version = Convert.ToHexStringLower(SHA256.HashData(content))[..16];
        await clients.ChangeAsync(
            clientId,
            owner.Id,
            app => app.LogoVersion == version ? app : change.Unseen(app with { LogoVersion = version }),
            transaction => transaction.Connection!.ExecuteAsync("""
                INSERT INTO auth_client_logo (client_id, type, content) VALUES (@clientId, @Type, @content)
                ON CONFLICT (client_id) DO UPDATE SET type = excluded.type, content = excluded.content
                """, new { clientId, image.Type, content }, transaction),
            stop);
        return null;
    }

    public Task RemoveAsync(Account owner, string clientId, CancellationToken stop) => clients.ChangeAsync(
        clientId,
        owner.Id,
        app => app with { LogoVersion = null },
        transaction => transaction.Connection!.ExecuteAsync("DELETE FROM auth_client_logo WHERE client_id = @clientId", new { clientId }, transaction),
        stop);

    public Task<Logo?> FindAsync(string clientId, CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Logo>(
            "SELECT type, content FROM auth_client_logo WHERE client_id = @clientId", new { clientId }), stop);
}
