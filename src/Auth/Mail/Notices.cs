using System.Data.Common;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;

namespace Rally.Auth.Mail;

/// <summary>
/// Tells the owner of an account what was changed, so that they notice what was not their doing. Only by mail: where there
/// is no server nobody is told, for an operator has nothing to pass on.
/// </summary>
internal sealed class Notices(Outbox outbox, IOptions<AuthOptions> options)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(2);

    /// <summary>Adds the letter, if the account has an address. Call <see cref="Wake"/> after the commit.</summary>
    public Task AddAsync(DbTransaction transaction, Account account, string subject, string text) =>
        TellAsync(transaction, account, subject, $"{text}\nIf that was not you, sign in and change your password.");

    /// <summary>The same of something that others did.</summary>
    /// <param name="transaction">In which.</param>
    /// <param name="account">Whom.</param>
    /// <param name="subject">One line.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="path">The page of this server on which to see to it; null for none.</param>
    public Task TellAsync(DbTransaction transaction, Account account, string subject, string text, string? path = null) =>
        AddAsync(transaction, account, account.Id, subject, text, path);

    /// <summary>The last letter about an account that this transaction deletes: its address is forgotten with it, sent or not.</summary>
    public Task TakeLeaveAsync(DbTransaction transaction, Account account) => AddAsync(
        transaction, account, null, "Your Rally account is deleted",
        $"""
        Your Rally account {account.UserName} was deleted, with all that was
        kept of you here. Its coins stay in the public log under the id
        {account.Id}.
        This letter is the last: your address is forgotten with it.
        If that was not you, tell those who run this server. A deleted
        account cannot be brought back.
        """);

    private Task AddAsync(DbTransaction transaction, Account account, Guid? of, string subject, string text, string? path = null) =>
        options.Value.Mail.Host is null || account.Email is not { } email
            ? Task.CompletedTask
            : outbox.AddAsync(transaction, of, new Letter(email, subject, text, path), Lifetime);

    /// <inheritdoc cref="Outbox.Wake"/>
    public void Wake() => outbox.Wake();
}
