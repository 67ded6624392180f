using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Rest;
using Rally.Storage;

namespace Rally.Bot.Commands;

/// <summary>Tells Discord of the commands when they are others than those it was last told of, by a hash that is kept.</summary>
internal sealed class CommandRegistration(
    DiscordRest discord, CommandDefinitions definitions, Database database, TimeProvider time, ILogger<CommandRegistration> log)
{
    /// <returns>Whether Discord was told.</returns>
    public async Task<bool> ExecuteAsync(CancellationToken stop)
    {
        var application = (await discord.GetCurrentApplicationAsync(stop)).Id;
        var hash = Hash();
        var kept = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<string?>(
            "SELECT hash FROM bot_registration WHERE application_id = @application", new { application = (long)application }), stop);
        if (kept == hash)
            return false;
        await discord.BulkOverwriteGlobalCommandsAsync(application, definitions.All, stop);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_registration (application_id, hash, registered_at) VALUES (@application, @hash, @now)
            ON CONFLICT (application_id) DO UPDATE SET hash = excluded.hash, registered_at = excluded.registered_at
            """, new { application = (long)application, hash, now = time.GetUtcNow() }, transaction), stop);
        log.LogInformation("Discord was told of {Count} commands, for they have changed", definitions.All.Count);
        return true;
    }

    /// <summary>Names of commands that Discord lacks, though it was told of them; then the next start tells it again.</summary>
    public async Task<IReadOnlyList<string>> FindMissingAsync(ulong application, CancellationToken stop)
    {
        var registered = await discord.GetGlobalCommandsAsync(application, stop);
        var missing = definitions.All.Select(command => command.Name).Except(registered.Select(command => command.Name)).ToList();
        if (missing.Count > 0)
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "DELETE FROM bot_registration WHERE application_id = @application", new { application = (long)application }, transaction), stop);
        }

        return missing;
    }

    private string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(definitions.All, DiscordJson.Options)));
}
