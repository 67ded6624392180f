using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Rally.Auth.Accounts;

namespace Rally.Auth.Passkeys;

/// <summary>
/// Whether somebody has a passkey of ours, and who they are then. A try counts towards the lockout of the passkey's account
/// like a wrong password, and a locked account takes none; who does not know a passkey's id, which no page shows to others,
/// locks nobody out by this.
/// </summary>
internal sealed class CheckPasskey(
    PasskeyStore passkeys, PasskeyTickets tickets, IPasskeyHandler<Account> handler, SignIn signIn, ILogger<CheckPasskey> log)
{
    /// <summary>What to say to somebody whose passkey was refused.</summary>
    public const string Refusal =
        "The passkey was not taken: it is not one of ours, it took too long, or the account is locked for some minutes after too many wrong tries.";

    /// <param name="context">The request to which the form is the answer.</param>
    /// <param name="account">Whose passkey it must be; null to be told by the passkey.</param>
    public async Task<PasskeyQuestion> AskAsync(HttpContext context, Account? account)
    {
        var made = await handler.MakeRequestOptionsAsync(account, context);
        return new(made.RequestOptionsJson, tickets.Seal(context, Purpose(account), made.AssertionState!, account?.Id));
    }

    /// <param name="context">The request that brings the answer.</param>
    /// <param name="account">As for <see cref="AskAsync"/>.</param>
    /// <param name="ticket">From <see cref="AskAsync"/>.</param>
    /// <param name="credential">What the device answered, as JSON.</param>
    /// <returns>Whose it is; null when it is refused.</returns>
    public async Task<Account?> ExecuteAsync(HttpContext context, Account? account, string? ticket, string? credential)
    {
        var stop = context.RequestAborted;
        if (await tickets.TakeAsync(context, Purpose(account), ticket, account?.Id) is not { } state
            || IdOf(credential) is not { } id
            || await passkeys.FindOwnerAsync(id, stop) is not { } owner
            || (account is not null && owner.Id != account.Id)
            || await signIn.CountAttemptAsync(owner.UserName, stop) is null)
            return null;
        var result = await handler.PerformAssertionAsync(new() { HttpContext = context, CredentialJson = credential!, AssertionState = state });
        if (!result.Succeeded || result.User.Id != owner.Id)
        {
            // A counter that went back is among the reasons: somebody may have a copy of the passkey.
            log.LogWarning("A passkey of the account {Account} was refused: {Reason}", owner.Id, result.Failure?.Message);
            return null;
        }

        if (!await passkeys.UseAsync(owner.Id, result.Passkey, stop))
        {
            log.LogWarning("A passkey of the account {Account} was refused: its signature counter was used meanwhile, or it is gone", owner.Id);
            return null;
        }

        await signIn.ForgiveAsync(owner.Id, stop);
        return owner;
    }

    private static string Purpose(Account? account) => account is null ? PasskeyTickets.ForSignIn : PasskeyTickets.ForProof;

    private static byte[]? IdOf(string? credential)
    {
        try
        {
            using var json = JsonDocument.Parse(credential ?? "");
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
                ? WebEncoders.Base64UrlDecode(id.GetString()!)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half of a surrogate pair.
            return null;
        }
    }
}
