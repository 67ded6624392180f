using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Links;
using Rally.Auth.Server;
using Rally.Ethereum;
using Rally.Ethereum.SignIn;

namespace Rally.Auth.Pages;

/// <summary>/account/links/wallet: first the wallet's address, then its signature. Scripts spare the typing, and are not needed.</summary>
internal sealed class WalletPage(BrowserSession session, LinkWallet linkWallet, Issuer issuer, Forms forms)
{
    public async Task<IResult> ShowAsync(HttpContext context) =>
        await session.FindAccountAsync(context) is null
            ? new SeeOther(ReturnUrl.With(Paths.SignIn, Paths.Wallet))
            : AddressPage(context, null, []);

    public async Task<IResult> AskAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        if (EthereumAddress.Parse(form["address"]?.Trim()) is not { } address)
            return AddressPage(context, form["address"], ["An address is 0x and 40 digits from 0 to 9 and a to f; capitals must be as the wallet shows them."]);
        var message = await linkWallet.AskAsync(account, address, PageOf(context), context.RequestAborted);
        var text = message.ToText();
        return new PageResult(
            "Sign with your wallet",
            $"""
            <p>Sign this message with the wallet <strong>{address.Text}</strong>. It must be this text to the last letter, and there are ten minutes.</p>
            <form method="post" action="{Paths.WalletSignature}" data-wallet="signature" data-address="{address.Text}" data-action="Sign with this browser's wallet">
              {forms.Token(context)}
              <input type="hidden" name="message" value="{text}">
              <label for="text">Message</label>
              <textarea id="text" rows="13" readonly>{text}</textarea>
              <label for="signature">Signature</label>
              <input id="signature" name="signature" autocomplete="off" autocapitalize="none" spellcheck="false" required>
              <button>Link wallet</button>
            </form>
            <p><a href="{Paths.Links}">Linked accounts</a></p>
            """,
            script: Paths.WalletScript);
    }

    public async Task<IResult> SubmitAsync(HttpContext context)
    {
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null)
            return Forms.Stale;
        // Browsers send line ends in forms as CR LF; wallets sign LF.
        var text = (form["message"] ?? "").Replace("\r\n", "\n", StringComparison.Ordinal);
        var result = await linkWallet.ExecuteAsync(account, PageOf(context), text, form["signature"]?.Trim(), context.RequestAborted);
        return result switch
        {
            LinkWallet.Result.Made made => LinksPage.After(made.Outcome, LinkProvider.Ethereum),
            LinkWallet.Result.Refused refused => AddressPage(context, SignInMessage.Parse(text)?.Address.Text, [Sentence(refused.Fault)]),
            _ => throw new System.Diagnostics.UnreachableException($"{result.GetType()}"),
        };
    }

    private PageResult AddressPage(HttpContext context, string? typed, string[] errors) => new(
        "Link a wallet",
        $"""
        {Forms.Errors(errors)}
        <p>You show that a wallet is yours by signing a message with it. That costs nothing and moves nothing. Everybody can see what a wallet holds;
        that this one is yours is known to this server, and to apps you allow to see it.</p>
        <form method="post" action="{Paths.Wallet}" data-wallet="address" data-action="Use this browser's wallet">
          {forms.Token(context)}
          <label for="address">The wallet's address</label>
          <input id="address" name="address" value="{typed}" autocomplete="off" autocapitalize="none" spellcheck="false" required>
          <button>Go on</button>
        </form>
        <p><a href="{Paths.Links}">Linked accounts</a></p>
        """,
        errors.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest,
        script: Paths.WalletScript);

    private Uri PageOf(HttpContext context) => new(issuer.Of(context.Request) + Paths.Links);

    private static string Sentence(SignInFault fault) => fault switch
    {
        SignInFault.OtherSigner => "The signature is not by that wallet. Choose the account with this address in your wallet, and sign the whole message.",
        SignInFault.OtherNonce => "That message was used before, or is not one that was given to this account in the last ten minutes. Sign a new one.",
        SignInFault.Expired or SignInFault.NotIssuedYet or SignInFault.NotValidYet => "That message does not hold at this time. Sign a new one.",
        _ => "What was signed is not the message that this page gave. Sign a new one, as it stands.",
    };
}
