using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Storage;

namespace Rally.Auth.Passkeys;

/// <summary>Adds a passkey that a device has just made to the account of the person who is signed in.</summary>
internal sealed class AddPasskey(
    Database database, PasskeyStore passkeys, PasskeyTickets tickets, IPasskeyHandler<Account> handler, Notices notices, ILogger<AddPasskey> log)
{
    /// <summary>What the device is asked, and what the form carries until it has answered.</summary>
    public async Task<PasskeyQuestion> AskAsync(HttpContext context, Account account)
    {
        var made = await handler.MakeCreationOptionsAsync(
            new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.UserName, DisplayName = account.UserName }, context);
        return new(made.CreationOptionsJson, tickets.Seal(context, PasskeyTickets.ForAdding, made.AttestationState!, account.Id));
    }

    /// <param name="context">The request that brings the answer.</param>
    /// <param name="account">Whose it shall be.</param>
    /// <param name="ticket">From <see cref="AskAsync"/>.</param>
    /// <param name="credential">What the device answered, as JSON.</param>
    /// <param name="name">One that <see cref="PasskeyName.Fold"/> gave.</param>
    /// <returns>What is wrong, as a sentence; null when it is added.</returns>
    public async Task<string?> ExecuteAsync(HttpContext context, Account account, string? ticket, string? credential, string name)
    {
        var stop = context.RequestAborted;
        if (await tickets.TakeAsync(context, PasskeyTickets.ForAdding, ticket, account.Id) is not { } state)
            return "That took too long, or was done in another browser. Please begin again.";
        var result = await handler.PerformAttestationAsync(new()
        {
            HttpContext = context,
            CredentialJson = credential ?? "",
            AttestationState = state,
        });
        if (!result.Succeeded)
        {
            log.LogInformation("A passkey for the account {Account} was refused: {Reason}", account.Id, result.Failure.Message);
            return "This passkey cannot be used here.";
        }

        var isAdded = await database.WriteAsync(async transaction =>
        {
            if (!await passkeys.AddAsync(transaction, account.Id, name, result.Passkey))
                return false;
            await notices.AddAsync(
                transaction, account, "A passkey was added to your account", $"The passkey \"{name}\" now opens the Rally account {account.UserName}.");
            return true;
        }, stop);
        notices.Wake();
        return isAdded ? null : $"The passkey is known already, or you have {PasskeyStore.MostOfOneAccount}, which is the most there can be.";
    }
}

/// <summary>A challenge for a device.</summary>
/// <param name="Options">What the browser gives it, as JSON.</param>
/// <param name="Ticket">See <see cref="PasskeyTickets"/>.</param>
internal sealed record PasskeyQuestion(string Options, string Ticket);
