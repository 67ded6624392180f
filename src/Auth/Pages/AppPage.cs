using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server;
using Rally.Auth.Spending;
using Rally.Storage;

namespace Rally.Auth.Pages;

/// <summary>/account/apps: what one app may do for its person, what it may spend, and every spend. Raising a limit takes the password.</summary>
internal sealed class AppPage(
    BrowserSession session, Consents consents, LimitStore limits, SpendingUses uses, SignIn signIn, Database database, AppGate gate, Forms forms, ScopeCatalog scopes)
{
    public static string AddressOf(string clientId) => QueryHelpers.AddQueryString(Paths.Apps, "client_id", clientId);

    public async Task<IResult> ShowAsync(HttpContext context)
    {
        var query = Parameters.Of(context.Request.Query);
        var clientId = query["client_id"];
        if (await session.FindAccountAsync(context) is not { } account)
            return new SeeOther(ReturnUrl.With(Paths.SignIn, clientId is null ? Paths.Account : AddressOf(clientId)));
        return clientId is null ? new SeeOther(Paths.Account) : await PageAsync(context, account, clientId, query["before"], []);
    }

    public async Task<IResult> SetAsync(HttpContext context)
    {
        // The anti-forgery token is bound to who is signed in.
        var account = await session.FindAccountAsync(context);
        if (await forms.ReadAsync(context) is not { } form || account is null || form["client_id"] is not { } clientId)
            return Forms.Stale;
        var stop = context.RequestAborted;
        var (wanted, faults) = LimitFields.Read(form);
        if (form["new_coin"] is { } typed)
        {
            if (SpendingLimit.FoldCoin(typed.Trim()) is not { } coin)
                faults = [.. faults, "A coin's symbol has 2 to 10 letters and digits; * stands for each other coin."];
            else if (CoinAmount.Parse(form["new_day"]?.Trim()) is { } perDay && CoinAmount.Parse(form["new_all"]?.Trim()) is { } inAll)
                wanted = [.. wanted.Where(limit => limit.Coin != coin), new(coin, perDay, inAll)];
            else
                faults = [.. faults, $"The limits of {LimitFields.Name(coin)} must each be {CoinAmount.Rule}."];
        }

        if (faults.Count == 0 && wanted.Count > SpendingLimit.Most)
            faults = [$"An app has limits of at most {SpendingLimit.Most} coins."];
        if (faults.Count > 0)
            return await PageAsync(context, account, clientId, null, faults);
        var now = await limits.OfAsync(account.Id, clientId, stop);
        var raises = wanted.Any(limit => !(now.FirstOrDefault(set => set.Coin == limit.Coin) ?? new(limit.Coin, 0, 0)).Covers(limit));
        if (raises && !await signIn.CheckAsync(account, form["password"], stop))
            return await PageAsync(context, account, clientId, null, ["To raise a limit, or set one for another coin, type your password."]);
        var isSet = await database.WriteAsync(async transaction =>
        {
            // Revoked meanwhile, there is nothing that a limit could belong to.
            if (!await consents.LockAsync(transaction, account.Id, clientId, stop))
                return false;
            await limits.SetAsync(transaction, account.Id, clientId, wanted);
            return true;
        }, stop);
        return new SeeOther(isSet ? AddressOf(clientId) : Paths.Account);
    }

    private async Task<PageResult> PageAsync(HttpContext context, Account account, string clientId, string? before, IReadOnlyList<string> faults)
    {
        var stop = context.RequestAborted;
        var consent = (await consents.OfAsync(account.Id, stop)).FirstOrDefault(one => one.ClientId == clientId);
        var (page, hasMore) = await uses.OfAsync(account.Id, clientId, before, stop);
        if (consent is null && page.Count == 0)
            return new PageResult("This app has no access", $"<p><a href=\"{Paths.Account}\">Your account</a></p>", StatusCodes.Status404NotFound);
        return new PageResult(
            consent?.AppName ?? clientId,
            $"""
            {Forms.Errors(faults)}
            {(consent is null ? (Html)$"<p>This app has no access any more.</p>" : await AccessAsync(context, account, consent))}
            <h2>What it has spent</h2>
            {(page.Count == 0 ? (Html)$"<p>Nothing.</p>" : (Html)$"<ul class=\"apps\">{page.Select(Row)}</ul>")}
            {(hasMore ? (Html)$"<p><a href=\"{QueryHelpers.AddQueryString(AddressOf(clientId), "before", page[^1].Cursor)}\">Earlier ones</a></p>" : Html.Empty)}
            <p><a href="{Paths.Account}">Your account</a></p>
            """,
            faults.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private async Task<Html> AccessAsync(HttpContext context, Account account, Consents.Consent consent) => $"""
        {(gate.IsOpen(consent.State) ? Html.Empty : (Html)$"<p class=\"link\">The operator does not let it use this network now: none of this works.</p>")}
        <p>By {consent.Owner}, allowed {Show.Time(consent.GrantedAt)}. It can</p>
        <ul>{consent.Scopes.Select(Html (scope) => $"<li>{scopes.Find(scope)?.Meaning ?? scope}</li>")}</ul>
        {(scopes.Spend(consent.Scopes) ? Spending(context, account, consent, await limits.UsedAsync(account.Id, consent.ClientId, context.RequestAborted)) : Html.Empty)}
        <form method="post" action="{Paths.RevokeApp}">
          {forms.Token(context)}
          <input type="hidden" name="client_id" value="{consent.ClientId}">
          <button class="quiet">Revoke its access</button>
        </form>
        """;

    private Html Spending(HttpContext context, Account account, Consents.Consent consent, IReadOnlyList<LimitStore.Used> set) => $"""
        <h2>What it may spend</h2>
        {(set.Count == 0 ? (Html)$"<p>Nothing, until you set a limit.</p>" : Html.Empty)}
        <form method="post" action="{Paths.Apps}">
          {forms.Token(context)}
          <input type="hidden" name="client_id" value="{consent.ClientId}">
          <input type="hidden" name="username" value="{account.UserName}" autocomplete="username">
          {LimitFields.Of([.. set.Select(used => (used.Limit, HintOf(used)))])}
          <fieldset>
            <legend>{(set.Count == 0 ? "A coin" : "Another coin")}</legend>
            <label for="new_coin">Its symbol, or * for each coin not named</label>
            <input id="new_coin" name="new_coin" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="10">
            <div class="pair">
              <div><label for="new_day">In 24 hours</label>
              <input id="new_day" name="new_day" inputmode="decimal" autocomplete="off" maxlength="20"></div>
              <div><label for="new_all">In all</label>
              <input id="new_all" name="new_all" inputmode="decimal" autocomplete="off" maxlength="20"></div>
            </div>
          </fieldset>
          <label for="password">Password, to raise a limit</label>
          <input id="password" name="password" type="password" autocomplete="current-password">
          <button>Set these limits</button>
        </form>
        """;

    private static string HintOf(LimitStore.Used used)
    {
        string Sum(Func<LimitStore.Spent, long> of) =>
            used.Spent.Count == 0 ? "nothing" : string.Join(", ", used.Spent.Select(spent => $"{CoinAmount.Show(of(spent))} {spent.Coin}"));
        var each = used.Limit.Coin == SpendingLimit.EachOther ? "For each coin without a limit of its own, by itself. " : "";
        return $"{each}Spent in the last 24 hours: {Sum(spent => spent.Today)}. Spent in all: {Sum(spent => spent.InAll)}.";
    }

    private static Html Row(SpendingUses.Use use) => $"""
        <li>
          <p><strong>{CoinAmount.Show(use.Amount)} {use.Coin}</strong>: {InWords(use)}</p>
          <p class="hint">{Show.Time(use.SpentAt)}, {(use.Recipient is { } to ? $"to {to}" : "a trade")}, transfer <code>{use.TransferId.ToString()}</code></p>
        </li>
        """;

    private static string InWords(SpendingUses.Use use) => use.State switch
    {
        SpendingStates.Done => "spent",
        SpendingStates.Held => "held for a receiver who has not taken it",
        SpendingStates.Open => "being looked into",
        SpendingStates.Returned => "came back",
        SpendingStates.Lapsed => "did not happen",
        _ => $"refused: {use.Reason}",
    };
}
