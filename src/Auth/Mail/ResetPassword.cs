using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Mail;

/// <summary>
/// Lets people back in who have forgotten their password, by a link to their confirmed address. Whether there is such an
/// account is found out after the answer, so that neither its words nor its time tell.
/// </summary>
internal sealed class ResetPassword(
    Database database, AccountStore accounts, SetPassword setPassword, LinkTokens tokens, Outbox outbox, IOptions<AuthOptions> options,
    ILogger<ResetPassword> log) : BackgroundService
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const int MostAccountsOfOneAddress = 5;

    // Of a flood some are lost; people ask again.
    private readonly Channel<string> _asked = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="who">A user name or an e-mail address.</param>
    public void Ask(string who) => _asked.Writer.TryWrite(who);

    /// <summary>The account that the link is for; null when the link is over.</summary>
    public async Task<Account?> FindAsync(string? token, CancellationToken stop) =>
        await tokens.FindAsync(LinkTokens.ResetPassword, token, stop) is { AccountId: { } id } ? await accounts.FindAsync(id, stop) : null;

    /// <summary>Sets the password, and ends every session and every other such link of the account.</summary>
    /// <param name="token">From the link.</param>
    /// <param name="password">One without a fault by <see cref="SetPassword.FaultOf"/>.</param>
    /// <param name="stop">Ends the work.</param>
    /// <returns>False when the link is over.</returns>
    public async Task<bool> SetAsync(string? token, string password, CancellationToken stop)
    {
        if (await FindAsync(token, stop) is not { } account)
            return false;
        var hash = await setPassword.HashAsync(account, password, stop);
        var isSet = await database.WriteAsync(async transaction =>
        {
            if (await tokens.TakeAsync(transaction, LinkTokens.ResetPassword, token) is null)
                return false;
            await SetPassword.StoreAsync(transaction, account.Id, hash, keptSession: null);
            await LinkTokens.ForgetAsync(transaction, LinkTokens.ResetPassword, account.Id);
            return true;
        }, stop);
        return isSet;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var who in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                foreach (var account in await AccountsOfAsync(who, stoppingToken))
                    await OfferAsync(account, stoppingToken);
            }
            catch (Exception outage) when (outage is not OperationCanceledException)
            {
                log.LogError(outage, "A link to reset a password could not be made.");
            }
        }
    }

    private async Task OfferAsync(Addressee account, CancellationToken stop)
    {
        // Where there is a mail server, only a mailbox proves who somebody is; where there is none, the operator judges.
        if (account.Email is null && options.Value.Mail.Host is not null)
            return;
        await database.WriteAsync(async transaction =>
        {
            if (await tokens.AddAsync(transaction, LinkTokens.ResetPassword, account.Id, account.Email, Lifetime) is not { } token)
                return;
            await outbox.AddAsync(transaction, account.Id, new Letter(
                account.Email ?? "",
                "Reset your password",
                $"Somebody, probably you, has forgotten the password of the Rally account {account.UserName}.\nTo choose another, open this link within an hour. If it was not you, do nothing.",
                $"{Paths.ResetPassword}?token={token}"), Lifetime);
        }, stop);
        outbox.Wake();
    }

    private async Task<IReadOnlyList<Addressee>> AccountsOfAsync(string who, CancellationToken stop) =>
        [.. await database.ReadAsync(connection => connection.QueryAsync<Addressee>(
            "SELECT id, user_name, email FROM auth_account WHERE user_name = @name OR email = @email ORDER BY id LIMIT @most",
            new { name = UserName.Fold(who), email = EmailAddress.Fold(who), most = MostAccountsOfOneAddress }), stop)];

    private sealed record Addressee
    {
        public required Guid Id { get; init; }

        public required string UserName { get; init; }

        public string? Email { get; init; }
    }
}
