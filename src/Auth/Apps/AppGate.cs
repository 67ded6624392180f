using Microsoft.Extensions.Options;
using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>
/// Which apps may use the network. Every way to a token asks here, and every use of one; so an app is out at once, and what it
/// was given works again when the operator lets it back in.
/// </summary>
internal sealed class AppGate(IOptions<AuthOptions> options)
{
    /// <summary>Whether a new app works before the operator has looked at it.</summary>
    public bool IsOpenToNew => !options.Value.AppsNeedApproval;

    /// <summary>For SQL: beside 'approved', the state in which an app works.</summary>
    public string AlsoOpen => IsOpenToNew ? AppState.Waiting : AppState.Approved;

    public bool IsOpen(string state) => state == AppState.Approved || state == AlsoOpen;

    /// <summary>Why the app may not use the network, as a sentence in ASCII; null when it may.</summary>
    public string? FaultOf(Client client) => IsOpen(client.State) ? null : client.State switch
    {
        AppState.Waiting => "The app waits for the approval of this server's operator.",
        AppState.Refused => "This server's operator has refused the app.",
        _ => "This server's operator has suspended the app.",
    };

    /// <summary>The same for its owner.</summary>
    public string InWords(Client client) => client.State switch
    {
        AppState.Approved => "Approved by the operator.",
        AppState.Waiting when IsOpenToNew => "It works. The consent page warns people until the operator has approved it.",
        AppState.Waiting => "It waits for the operator's approval, and nobody can use it until then.",
        AppState.Refused => $"The operator has refused it: {client.Reason}",
        _ => $"The operator has suspended it: {client.Reason}",
    };
}
