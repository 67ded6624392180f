using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>The part of a form in which a developer describes an app.</summary>
internal static class AppFields
{
    public static AppDraft Empty { get; } = new("", null, IsConfidential: true, [], ForDevices: false, [], null);

    /// <param name="form">What was typed.</param>
    /// <param name="isConfidential">What the app is already; null for a new one, where that is in the form.</param>
    /// <param name="scopes">Those to choose from.</param>
    public static AppDraft Read(Parameters form, bool? isConfidential, ScopeCatalog scopes) => new(
        form["name"]?.Trim() ?? "",
        Typed(form["home_page"]),
        isConfidential ?? form["kind"] != "public",
        [.. (form["redirect_uris"] ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct()],
        form["devices"] is not null,
        [.. scopes.ForAnyApp.Select(scope => scope.Name).Where(name => form[$"scope_{name}"] is not null).Order(StringComparer.Ordinal)],
        Typed(form["webhook"]));

    public static Html Of(AppDraft draft, bool isNew, ScopeCatalog scopes) => $"""
        <label for="name">Name</label>
        <input id="name" name="name" value="{draft.Name}" autocomplete="off" maxlength="{AppRules.GreatestNameLength}" required>
        <label for="home_page">Home page (optional)</label>
        <input id="home_page" name="home_page" type="url" value="{draft.HomePage}" autocomplete="off" maxlength="{AppRules.GreatestAddressLength}" placeholder="https://">
        {(isNew ? Kind(draft) : Html.Empty)}
        <label for="redirect_uris">Redirect URIs, one a line</label>
        <textarea id="redirect_uris" name="redirect_uris" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="redirect-rule">{string.Join('\n', draft.RedirectUris)}</textarea>
        <p id="redirect-rule" class="hint">Where people's answers go, to the letter: https, or http on 127.0.0.1, [::1] or localhost. Public apps may use any port of 127.0.0.1 and [::1].</p>
        <label class="check"><input type="checkbox" name="devices"{(draft.ForDevices ? " checked" : "")}> <span>It also runs on devices without a browser</span></label>
        <fieldset>
          <legend>The most it may ask for</legend>
          <p class="hint">Each as the consent page says it.</p>
          {scopes.ForAnyApp.Select(Html (scope) => Choice(scope, draft.Scopes.Contains(scope.Name)))}
        </fieldset>
        <label for="webhook">Webhook address (optional)</label>
        <input id="webhook" name="webhook" type="url" value="{draft.Webhook}" autocomplete="off" maxlength="{AppRules.GreatestAddressLength}" placeholder="https://" aria-describedby="webhook-use">
        <p id="webhook-use" class="hint">Proposed as the address when you make a webhook endpoint for the app; by itself nothing is sent there.</p>
        """;

    private static Html Kind(AppDraft draft) => $"""
        <fieldset>
          <legend>Kind</legend>
          <label class="check"><input type="radio" name="kind" value="confidential"{(draft.IsConfidential ? " checked" : "")}> <span>With a secret: it runs on a server of yours</span></label>
          <label class="check"><input type="radio" name="kind" value="public"{(draft.IsConfidential ? "" : " checked")}> <span>Public: it runs in people's hands, where no secret stays one</span></label>
        </fieldset>
        """;

    private static Html Choice(Scope scope, bool isChosen) => $"""
        <label class="check"><input type="checkbox" name="scope_{scope.Name}"{(isChosen ? " checked" : "")}> <span>{Meaning(scope)} <code>{scope.Name}</code></span></label>
        """;

    /// <summary>What a scope is, for those who do not give it.</summary>
    public static string Meaning(Scope scope) => scope.ForClientsOnly ? $"{scope.Meaning} (the app itself; people are not asked)" : scope.Meaning;

    private static string? Typed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
