using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Apps;

/// <summary>Somebody registers an app of their own.</summary>
internal sealed class CreateApp(
    ClientStore clients, AppRules rules, Notices notices, Database database, IOptions<AuthOptions> options, ILogger<CreateApp> log)
{
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const int IdLength = 16;

    internal abstract record Result;

    /// <param name="Secret">To be shown once; null for a public app.</param>
    internal sealed record Created(string ClientId, string? Secret) : Result
    {
        // A record prints its members, and the secret must never print.
        protected override bool PrintMembers(StringBuilder builder)
        {
            builder.Append("ClientId = ").Append(ClientId);
            return true;
        }
    }

    internal sealed record Invalid(IReadOnlyList<string> Reasons) : Result;

    public async Task<Result> ExecuteAsync(Account owner, AppDraft draft, CancellationToken stop)
    {
        var faults = rules.FaultsOf(draft);
        if (faults.Count > 0)
            return new Invalid(faults);
        var secret = draft.IsConfidential ? OpaqueToken.New() : null;
        var client = new Client(
            "app-" + RandomNumberGenerator.GetString(IdLetters, IdLength), draft.Name, owner.UserName,
            secret is null ? null : ClientAuthentication.HashSecret(secret), draft.RedirectUris, draft.Scopes, draft.GrantTypes)
        {
            AccountId = owner.Id,
            State = AppState.Waiting,
            HomePage = draft.HomePage,
            Webhook = draft.Webhook,
        };
        var isCreated = await database.WriteAsync(async transaction =>
        {
            // Two at once would each see room for one.
            await database.SerializeAsync(transaction, $"auth.apps.{owner.Id}", stop);
            var has = await transaction.Connection!.ExecuteScalarAsync<long>(
                "SELECT COUNT(*) FROM auth_client WHERE account_id = @Id", new { owner.Id }, transaction);
            if (has >= options.Value.AppsPerAccount)
                return false;
            await clients.AddAsync(transaction, client);
            await notices.AddAsync(transaction, owner, "An app was registered by your Rally account", $"The app {client.Name} was registered by your account.");
            return true;
        }, stop);
        if (!isCreated)
            return new Invalid([$"An account has at most {options.Value.AppsPerAccount} apps. Delete one first, or ask the operator."]);
        notices.Wake();
        log.LogInformation("The account {Account} registered the app {Client}", owner.Id, client.Id);
        return new Created(client.Id, secret);
    }
}
