using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Rally.Storage;

namespace Rally.Bot.Commands;

/// <summary>A question the bot asked by buttons or a form, kept until it is answered or over.</summary>
/// <param name="Id">128 random bits.</param>
/// <param name="Command">Whose question it is, such as <c>coin send</c>.</param>
/// <param name="UserId">The only one who may answer.</param>
/// <param name="GuildId">Where it was asked.</param>
/// <param name="State">What the command needs to go on, as JSON.</param>
internal sealed record Prompt(Guid Id, string Command, ulong UserId, ulong GuildId, string State)
{
    private const string Prefix = "p:";

    public T Read<T>() => JsonSerializer.Deserialize<T>(State) ?? throw new JsonException($"The state of a question of {Command} is null.");

    /// <summary>The custom id of a button or form: at most 100 characters, of which this takes 35.</summary>
    /// <param name="choice">What pressing it means.</param>
    public string CustomId(string choice) => $"{Prefix}{Id:N}:{choice}";

    /// <summary>Null when a custom id is of another making.</summary>
    public static (Guid Id, string Choice)? TryParse(string customId) =>
        customId.StartsWith(Prefix, StringComparison.Ordinal)
        && customId[Prefix.Length..].Split(':', 2) is [var id, var choice]
        && Guid.TryParseExact(id, "N", out var parsed)
            ? (parsed, choice)
            : null;
}

/// <summary>The questions that are open. They outlive restarts, and end after <see cref="Lifetime"/>.</summary>
internal sealed class Prompts(Database database, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <param name="command">Who goes on with it.</param>
    /// <param name="call">By whom and where it may be answered.</param>
    /// <param name="state">What to go on with.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    public async Task<Prompt> AskAsync<T>(SlashCommand command, CommandCall call, T state, CancellationToken stop)
    {
        var id = new Guid(RandomNumberGenerator.GetBytes(16));
        var prompt = new Prompt(id, command.Path, call.UserId, call.GuildId, JsonSerializer.Serialize(state));
        var now = time.GetUtcNow();
        await database.WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync("DELETE FROM bot_prompt WHERE expires_at <= @now", new { now }, transaction);
            return await transaction.Connection!.ExecuteAsync("""
                INSERT INTO bot_prompt (id, command, user_id, guild_id, state, expires_at) VALUES (@Id, @Command, @user, @guild, @State, @expires)
                """,
                new { prompt.Id, prompt.Command, user = (long)prompt.UserId, guild = (long)prompt.GuildId, prompt.State, expires = now + Lifetime },
                transaction);
        }, stop);
        return prompt;
    }

    /// <summary>Null when it is answered, over or unknown.</summary>
    public Task<Prompt?> FindAsync(Guid id, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT id, command, user_id, guild_id, state FROM bot_prompt WHERE id = @id AND expires_at > @now
            """, new { id, now = time.GetUtcNow() }))?.ToPrompt(), stop);

    /// <summary>It is answered for good.</summary>
    public Task EndAsync(Guid id, CancellationToken stop) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync("DELETE FROM bot_prompt WHERE id = @id", new { id }, transaction), stop);

    private sealed record Row(Guid Id, string Command, long UserId, long GuildId, string State)
    {
        public Prompt ToPrompt() => new(Id, Command, (ulong)UserId, (ulong)GuildId, State);
    }
}
