namespace Rally.Auth.Spending;

/// <summary>Which limit stands in an app's way.</summary>
public enum SpendingBound
{
    /// <summary>None is set, so the app may spend nothing of the coin.</summary>
    None,

    /// <summary>That of any 24 hours.</summary>
    Day,

    /// <summary>That of all spends together.</summary>
    All,
}
