namespace Rally.Auth.Accounts;

/// <summary>Looks up whose account a Rally id is.</summary>
public sealed class FindAccount
{
    private readonly AccountStore _accounts;

    internal FindAccount(AccountStore accounts) => _accounts = accounts;

    /// <returns>The account's user name; null when no account has this id.</returns>
    public async Task<string?> ExecuteAsync(Guid rallyId, CancellationToken stop) => (await _accounts.FindAsync(rallyId, stop))?.UserName;
}
