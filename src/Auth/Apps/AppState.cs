namespace Rally.Auth.Apps;

/// <summary>What the operator thinks of an app.</summary>
internal static class AppState
{
    /// <summary>Nothing yet. It works, with a warning, unless <see cref="AuthOptions.AppsNeedApproval"/>.</summary>
    public const string Waiting = "waiting";

    public const string Approved = "approved";

    /// <summary>It does not work.</summary>
    public const string Refused = "refused";

    /// <summary>It worked, and does no more.</summary>
    public const string Suspended = "suspended";

    public static IReadOnlyList<string> All { get; } = [Waiting, Approved, Refused, Suspended];
}
