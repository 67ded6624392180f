using Dapper;

namespace Rally.Auth.Links;

/// <summary>The account that has an identity agrees that another one, which has proven it too, takes it over; or says no.</summary>
internal sealed class MoveLink(LinkStore links, LinkTold told, TimeProvider time)
{
    internal abstract record Result
    {
        internal sealed record Moved(string ToUserName) : Result;

        /// <summary>Nobody asks (any more), or the link is no longer this account's.</summary>
        internal sealed record NotAsked : Result;

        /// <summary>The other account has got another identity of this provider meanwhile.</summary>
        internal sealed record OtherHasOne(string ToUserName) : Result;
    }

    /// <param name="fromAccount">Who agrees: the account that has it.</param>
    /// <param name="toAccount">The account that the page named, so that nobody agrees to another one that asked since.</param>
    /// <param name="provider">See <see cref="LinkProvider.Key"/>.</param>
    /// <param name="subject">See <see cref="ProvenIdentity.Subject"/>.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    public Task<Result> AgreeAsync(Guid fromAccount, Guid toAccount, string provider, string subject, CancellationToken stop) =>
        links.ChangeAsync<Result>(async transaction =>
        {
            if (await links.FindMoveAsync(transaction, fromAccount, provider, subject) is not { } move || move.ToAccount != toAccount ||
                await LinkStore.FindAsync(transaction, provider, subject) is not { } link || link.AccountId != fromAccount)
                return new Result.NotAsked();
            if (await LinkStore.FindOfAsync(transaction, move.ToAccount, provider) is not null)
                return new Result.OtherHasOne(move.ToUserName);
            await links.EndAsync(transaction, link, stop);
            await LinkStore.EndMoveAsync(transaction, provider, subject);
            await transaction.Connection!.ExecuteAsync("""
                INSERT INTO auth_link (provider, subject, account_id, name, flow, guild_id, linked_at)
                VALUES (@Provider, @Subject, @ToAccount, @Name, @Flow, @GuildId, @now)
                """,
                new { move.Provider, move.Subject, move.ToAccount, move.Name, move.Flow, move.GuildId, now = time.GetUtcNow() },
                transaction);
            await told.MovedAsync(transaction, move.ToAccount, provider);
            return new Result.Moved(move.ToUserName);
        }, stop);

    /// <summary>Ends the request; the link stays. Either side may.</summary>
    public Task RefuseAsync(Guid accountId, string provider, string subject, CancellationToken stop) =>
        links.ChangeAsync(transaction => transaction.Connection!.ExecuteAsync("""
            DELETE FROM auth_link_move
            WHERE provider = @provider AND subject = @subject AND (from_account = @accountId OR to_account = @accountId)
            """, new { provider, subject, accountId }, transaction), stop);
}
