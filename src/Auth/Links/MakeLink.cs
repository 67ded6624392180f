using System.Data.Common;
using Dapper;

namespace Rally.Auth.Links;

/// <summary>
/// Gives a proven identity to an account. One that another account has stays there until that one agrees, so that a
/// stolen sign-in elsewhere does not carry off what hangs on the link here.
/// </summary>
internal sealed class MakeLink(LinkStore links, LinkTold told, TimeProvider time)
{
    /// <summary>How long the other account has to agree.</summary>
    public static readonly TimeSpan MoveLifetime = TimeSpan.FromDays(1);

    internal abstract record Result
    {
        /// <summary>It is the account's now, or was already, and its name is up to date.</summary>
        internal sealed record Linked : Result;

        /// <summary>Another account has it, and is asked on its page.</summary>
        internal sealed record MoveAsked : Result;

        /// <summary>The account has another identity of this provider.</summary>
        internal sealed record HasOther(string Name) : Result;
    }

    public Task<Result> ExecuteAsync(Guid accountId, ProvenIdentity identity, CancellationToken stop) =>
        links.ChangeAsync(transaction => ExecuteAsync(transaction, accountId, identity), stop);

    /// <summary>The same inside the caller's transaction, which has <see cref="LinkStore.LockAsync"/>.</summary>
    public async Task<Result> ExecuteAsync(DbTransaction transaction, Guid accountId, ProvenIdentity identity)
    {
        var (provider, now) = (identity.Provider.Key, time.GetUtcNow());
        if (await LinkStore.FindOfAsync(transaction, accountId, provider) is { } own && own.Subject != identity.Subject)
            return new Result.HasOther(own.Name);
        var values = new
        {
            provider,
            identity.Subject,
            accountId,
            identity.Name,
            identity.Flow,
            identity.GuildId,
            vouched = LinkFlow.Vouched,
            now,
            expiresAt = now + MoveLifetime,
        };
        var owned = await LinkStore.FindAsync(transaction, provider, identity.Subject);
        if (owned is not null && owned.AccountId != accountId)
        {
            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO auth_link_move (provider, subject, from_account, to_account, name, flow, guild_id, expires_at)
                SELECT provider, subject, account_id, @accountId, @Name, @Flow, @GuildId, @expiresAt
                FROM auth_link WHERE provider = @provider AND subject = @Subject
                ON CONFLICT (provider, subject) DO UPDATE SET
                  from_account = excluded.from_account, to_account = excluded.to_account, name = excluded.name,
                  flow = excluded.flow, guild_id = excluded.guild_id, expires_at = excluded.expires_at
                """, values, transaction);
            return new Result.MoveAsked();
        }

        // A proof of the person's own stands above an app's word, whichever comes first.
        await transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_link (provider, subject, account_id, name, flow, guild_id, linked_at)
            VALUES (@provider, @Subject, @accountId, @Name, @Flow, @GuildId, @now)
            ON CONFLICT (provider, subject) DO UPDATE SET
              name = excluded.name, guild_id = COALESCE(auth_link.guild_id, excluded.guild_id),
              flow = CASE WHEN auth_link.flow = @vouched THEN excluded.flow ELSE auth_link.flow END
            """, values, transaction);
        if (owned is null)
            await told.LinkedAsync(transaction, accountId, provider);
        return new Result.Linked();
    }
}
