using System.Globalization;
using Microsoft.Extensions.Logging;
using Rally.Auth.Accounts;
using Rally.Auth.Mail;
using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>An operator approves an app, refuses it, or suspends it. Its owner is told, with the reason.</summary>
internal sealed class DecideApp(ClientStore clients, AccountStore accounts, Notices notices, ILogger<DecideApp> log)
{
    public const int GreatestReasonLength = 300;

    /// <param name="clientId">The app.</param>
    /// <param name="state">What it shall be: approved, refused or suspended.</param>
    /// <param name="reason">For its owner; needed unless it is approved.</param>
    /// <param name="seen">The app as the operator saw it, <see cref="Mark"/>; it may have changed since.</param>
    /// <param name="by">Who decides.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>What is wrong, as a sentence; null when it is done.</returns>
    public async Task<string?> ExecuteAsync(string clientId, string state, string? reason, string? seen, Account by, CancellationToken stop)
    {
        if (state is not (AppState.Approved or AppState.Refused or AppState.Suspended))
            return "Approve it, refuse it or suspend it.";
        if (state != AppState.Approved && reason is not { Length: >= 1 and <= GreatestReasonLength })
            return $"Give its owner a reason, of at most {GreatestReasonLength} characters.";
        var before = await clients.FindAsync(clientId, stop);
        var owner = before?.AccountId is { } id ? await accounts.FindAsync(id, stop) : null;
        var isDone = await clients.ChangeAsync(
            clientId,
            before?.AccountId,
            app => Mark(app) != seen ? null : app with { State = state, Reason = state == AppState.Approved ? null : reason },
            transaction => owner is null ? Task.CompletedTask : notices.TellAsync(transaction, owner, $"Your app was {state}", Letter(before!, state, reason)),
            stop);
        if (!isDone)
            return "The app was changed, or deleted, since you looked at it. Look again.";
        notices.Wake();
        log.LogInformation("Operator {Operator} decided on the app {Client}: {State}", by.Id, clientId, state);
        return null;
    }

    /// <summary>Changes whenever the app does.</summary>
    public static string Mark(Client app) => app.UpdatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) + app.State + app.LogoVersion;

    private static string Letter(Client app, string state, string? reason) => state == AppState.Approved
        ? $"The operator has approved your app {app.Name}."
        : $"The operator has {state} your app {app.Name}: {reason}";
}
