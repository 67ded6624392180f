using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Bot.Store;
using Rally.Storage;

namespace Rally.Bot.Linking;

/// <summary>
/// Links handed out by <c>/coin join</c>. Each is made for one Discord member, works once and for 15 minutes; from the
/// moment a browser follows it, only that browser can finish. Of the secrets in it only SHA-256 hashes are kept.
/// </summary>
internal sealed class LinkOffers(Database database, SecretStore secrets, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>For whom a link was made.</summary>
    internal sealed record Offer(ulong DiscordUserId, string DiscordName, ulong GuildId);

    /// <summary>What a browser carries through the sign-in: the state in the address, the browser's mark in a cookie.</summary>
    internal sealed record Attempt(Offer Offer, string State, string BrowserMark);

    /// <summary>Makes a link's secret part for a member; one they were given before stays good until it ends.</summary>
    public async Task<string> MakeAsync(Offer offer, CancellationToken stop)
    {
        var token = NewSecret();
        await database.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            await connection.ExecuteAsync(
                "DELETE FROM bot_link_offer WHERE expires_at < @longAgo", new { longAgo = time.GetUtcNow() - TimeSpan.FromDays(1) }, transaction);
            await connection.ExecuteAsync("""
                INSERT INTO bot_link_offer (token_hash, discord_user_id, discord_name, guild_id, expires_at)
                VALUES (@hash, @user, @DiscordName, @guild, @expires)
                """,
                new
                {
                    hash = Hash(token),
                    user = (long)offer.DiscordUserId,
                    offer.DiscordName,
                    guild = (long)offer.GuildId,
                    expires = time.GetUtcNow() + Lifetime,
                }, transaction);
        }, stop);
        return token;
    }

    /// <summary>Whom a link was made for; null when it is unknown, used or over.</summary>
    public Task<Offer?> FindAsync(string token, CancellationToken stop) =>
        database.ReadAsync(async connection => (await connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT discord_user_id, discord_name, guild_id FROM bot_link_offer
            WHERE token_hash = @hash AND used_at IS NULL AND expires_at > @now
            """, new { hash = Hash(token), now = time.GetUtcNow() }))?.ToOffer(), stop);

    /// <summary>A browser goes on with a link; an attempt begun before in another browser is void.</summary>
    /// <returns>Null when the link is unknown, used or over.</returns>
    public async Task<Attempt?> BeginAsync(string token, string codeVerifier, CancellationToken stop)
    {
        var (state, browserMark) = (NewSecret(), NewSecret());
        var offer = await database.WriteAsync(async transaction => await transaction.Connection!.QuerySingleOrDefaultAsync<Row>("""
            UPDATE bot_link_offer SET state_hash = @state, browser_hash = @browser, code_verifier = @verifier
            WHERE token_hash = @hash AND used_at IS NULL AND expires_at > @now
            RETURNING discord_user_id, discord_name, guild_id
            """,
            new
            {
                state = Hash(state),
                browser = Hash(browserMark),
                verifier = secrets.Protect(codeVerifier),
                hash = Hash(token),
                now = time.GetUtcNow(),
            }, transaction), stop);
        return offer is null ? null : new(offer.ToOffer(), state, browserMark);
    }

    /// <summary>A browser comes back: takes the offer, once, if this is the browser that began.</summary>
    /// <returns>The offer and its PKCE verifier; null when the state is unknown, used, over, or of another browser.</returns>
    public async Task<(Offer Offer, string CodeVerifier)?> TakeAsync(string state, string browserMark, CancellationToken stop)
    {
        var taken = await database.WriteAsync(async transaction => await transaction.Connection!.QuerySingleOrDefaultAsync<TakenRow>("""
            UPDATE bot_link_offer SET used_at = @now
            WHERE state_hash = @state AND browser_hash = @browser AND used_at IS NULL AND expires_at > @now
            RETURNING discord_user_id, discord_name, guild_id, code_verifier
            """, new { state = Hash(state), browser = Hash(browserMark), now = time.GetUtcNow() }, transaction), stop);
        return taken is null
            ? null
            : (new((ulong)taken.DiscordUserId, taken.DiscordName, (ulong)taken.GuildId), secrets.Unprotect(taken.CodeVerifier));
    }

    private static string NewSecret() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private sealed record Row(long DiscordUserId, string DiscordName, long GuildId)
    {
        public Offer ToOffer() => new((ulong)DiscordUserId, DiscordName, (ulong)GuildId);
    }

    private sealed record TakenRow(long DiscordUserId, string DiscordName, long GuildId, byte[] CodeVerifier);
}
