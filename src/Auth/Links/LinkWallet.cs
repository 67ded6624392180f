using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Ethereum;
using Rally.Ethereum.SignIn;
using Rally.Storage;

namespace Rally.Auth.Links;

/// <summary>
/// Links a wallet by Sign-In with Ethereum. The message names this server, the account and a nonce, so a signature is
/// good for one link, here, for ten minutes. Wallets that are contracts have no key of their own and cannot sign so.
/// </summary>
internal sealed class LinkWallet(Database database, MakeLink makeLink, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <summary>How long there is to sign.</summary>
    public static readonly TimeSpan NonceLifetime = TimeSpan.FromMinutes(10);

    private const string NonceCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int NonceLength = 24;

    internal abstract record Result
    {
        internal sealed record Made(MakeLink.Result Outcome) : Result;

        internal sealed record Refused(SignInFault Fault) : Result;
    }

    /// <summary>The message for a wallet to sign; its nonce is kept.</summary>
    /// <param name="account">To whom the wallet would be linked.</param>
    /// <param name="address">The wallet.</param>
    /// <param name="page">The absolute address of the page that asks.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    public async Task<SignInMessage> AskAsync(Account account, EthereumAddress address, Uri page, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var expected = Expected(account, page, RandomNumberGenerator.GetString(NonceCharacters, NonceLength));
        await database.WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync("DELETE FROM auth_wallet_nonce WHERE expires_at <= @now", new { now }, transaction);
            await transaction.Connection!.ExecuteAsync(
                "INSERT INTO auth_wallet_nonce (nonce, account_id, expires_at) VALUES (@Nonce, @Id, @expiresAt)",
                new { expected.Nonce, account.Id, expiresAt = now + NonceLifetime }, transaction);
        }, stop);
        return new SignInMessage
        {
            Domain = expected.Domain,
            Address = address,
            Statement = expected.Statement,
            Uri = expected.Uri,
            ChainId = expected.ChainId,
            Nonce = expected.Nonce,
            IssuedAt = now,
            ExpirationTime = now + NonceLifetime,
        };
    }

    /// <summary>Checks a signed message and links the wallet; whatever comes of it, the nonce is spent.</summary>
    public async Task<Result> ExecuteAsync(Account account, Uri page, string text, string? signature, CancellationToken stop)
    {
        var message = SignInMessage.Parse(text);
        var isOurs = message is not null && await TakeNonceAsync(account.Id, message.Nonce, stop);
        var expected = Expected(account, page, isOurs ? message!.Nonce : "");
        if (expected.FaultOf(message, text, signature, time.GetUtcNow()) is { } fault)
            return new Result.Refused(fault);
        var identity = new ProvenIdentity(LinkProvider.Ethereum, message!.Address.Key, message.Address.Text, LinkFlow.Signature);
        return new Result.Made(await makeLink.ExecuteAsync(account.Id, identity, stop));
    }

    private SignInExpectation Expected(Account account, Uri page, string nonce) => new(
        page.Authority, page.AbsoluteUri, options.Value.Links.ChainId,
        $"Link this wallet to the Rally account {account.UserName}. It costs nothing and moves nothing.", nonce);

    private Task<bool> TakeNonceAsync(Guid accountId, string nonce, CancellationToken stop) =>
        database.WriteAsync(async transaction => await transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_wallet_nonce WHERE nonce = @nonce AND account_id = @accountId AND expires_at > @now",
            new { nonce, accountId, now = time.GetUtcNow() }, transaction) == 1, stop);
}
