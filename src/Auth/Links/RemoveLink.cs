namespace Rally.Auth.Links;

/// <summary>Takes an identity off an account; see <see cref="LinkStore.EndAsync"/> for who learns of it.</summary>
internal sealed class RemoveLink(LinkStore links)
{
    /// <returns>False when the account had no such link.</returns>
    public Task<bool> ExecuteAsync(Guid accountId, string provider, string subject, CancellationToken stop) =>
        links.ChangeAsync(async transaction =>
        {
            if (await LinkStore.FindAsync(transaction, provider, subject) is not { } link || link.AccountId != accountId)
                return false;
            await links.EndAsync(transaction, link, stop);
            await LinkStore.EndMoveAsync(transaction, provider, subject);
            return true;
        }, stop);
}
