using Rally.Storage;

namespace Rally.Auth.Accounts;

/// <summary>Changes the password of somebody who is signed in and knows the present one.</summary>
internal sealed class ChangePassword(Database database, SignIn signIn, SetPassword setPassword)
{
    /// <returns>What is wrong, as a sentence; null when it is changed.</returns>
    public async Task<string?> ExecuteAsync(Account account, Guid sessionId, string? present, string? wanted, CancellationToken stop)
    {
        if (SetPassword.FaultOf(wanted) is { } fault)
            return fault;
        if (!await signIn.CheckAsync(account, present, stop))
            return "The present password is not right, or the account is locked for some minutes after too many wrong tries.";
        var hash = await setPassword.HashAsync(account, wanted!, stop);
        await database.WriteAsync(transaction => SetPassword.StoreAsync(transaction, account.Id, hash, sessionId), stop);
        return null;
    }
}
