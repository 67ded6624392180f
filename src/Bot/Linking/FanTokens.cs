using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Rally.Bot.Network;

namespace Rally.Bot.Linking;

/// <summary>
/// What fans allowed the bot to do, kept encrypted. A refresh token is good for one use, so refreshes of one fan's
/// tokens stand in line, and the new one is kept before it is used.
/// </summary>
internal sealed class FanTokens(Links links, RallyOAuth oauth, IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Bot.FanTokens");
    private readonly ConcurrentDictionary<ulong, SemaphoreSlim> _turns = new();

    /// <summary>A token answer as it is kept with a link.</summary>
    public byte[] Seal(TokenAnswer answer) =>
        _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(new Kept(
            answer.AccessToken, time.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresInSeconds), answer.RefreshToken)));

    /// <summary>An access token that acts for the fan; null when they are not linked or have withdrawn their consent.</summary>
    /// <exception cref="NetworkException">The network is out of reach: nothing is known of the consent.</exception>
    public async Task<string?> GetAsync(ulong discordUserId, CancellationToken stop) =>
        await WithTurnAsync(discordUserId, async () =>
        {
            var found = await links.ReadTokensAsync(discordUserId, stop);
            var kept = Open(found);
            if (kept is null || time.GetUtcNow() < kept.Ends - RenewBefore)
                return kept?.AccessToken;
            return await RefreshAsync(discordUserId, found!, kept, stop);
        }, stop);

    /// <summary>
    /// The network refused <paramref name="refused"/>: gets another, or null, with the link marked as broken, when the
    /// fan's consent is proven gone.
    /// </summary>
    public async Task<string?> RenewAsync(ulong discordUserId, string? refused, CancellationToken stop) =>
        await WithTurnAsync(discordUserId, async () =>
        {
            var found = await links.ReadTokensAsync(discordUserId, stop);
            var kept = Open(found);
            return kept is null || kept.AccessToken != refused ? kept?.AccessToken : await RefreshAsync(discordUserId, found!, kept, stop);
        }, stop);

    /// <summary>The refresh token, to be revoked when the fan leaves.</summary>
    public async Task<string?> RefreshTokenAsync(ulong discordUserId, CancellationToken stop) =>
        Open(await links.ReadTokensAsync(discordUserId, stop))?.RefreshToken;

    private async Task<string?> RefreshAsync(ulong discordUserId, byte[] found, Kept kept, CancellationToken stop)
    {
        try
        {
            if (kept.RefreshToken is null)
                throw new GrantRefusedException("no refresh token");

            // Not cancelled half-way: a refresh token that was used and not replaced would cost the fan their link.
            var answer = await oauth.RefreshAsync(kept.RefreshToken, CancellationToken.None);
            await links.ReplaceTokensAsync(discordUserId, found, Seal(answer), CancellationToken.None);
            return answer.AccessToken;
        }
        catch (GrantRefusedException)
        {
            await links.BreakAsync(discordUserId, found, time.GetUtcNow(), stop);
            return null;
        }
    }

    private Kept? Open(byte[]? tokens) =>
        tokens is null ? null : JsonSerializer.Deserialize<Kept>(_protector.Unprotect(tokens));

    private async Task<string?> WithTurnAsync(ulong discordUserId, Func<Task<string?>> work, CancellationToken stop)
    {
        var turn = _turns.GetOrAdd(discordUserId, _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(stop);
        try
        {
            return await work();
        }
        finally
        {
            turn.Release();
        }
    }

    private sealed record Kept(string AccessToken, DateTimeOffset Ends, string? RefreshToken)
    {
        public override string ToString() => "Kept"; // tokens stay out of logs
    }
}
