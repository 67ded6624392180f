namespace Rally.Auth.Links;

/// <summary>An identity elsewhere of which it has just been shown whose it is.</summary>
/// <param name="Provider">Where.</param>
/// <param name="Subject">Its id there, which never changes: a snowflake, a number, an address in small letters.</param>
/// <param name="Name">What it is called there now.</param>
/// <param name="Flow">How it was shown: one of <see cref="LinkFlow"/>.</param>
/// <param name="GuildId">The Discord server it came from, if that is known.</param>
internal sealed record ProvenIdentity(LinkProvider Provider, string Subject, string Name, string Flow, string? GuildId = null);

/// <summary>The ways in which an identity can be shown to be somebody's.</summary>
internal static class LinkFlow
{
    /// <summary>They signed in there, and their browser came back with a code (OAuth 2).</summary>
    public const string OAuth = "oauth";

    /// <summary>They signed a message with the wallet's key (Sign-In with Ethereum).</summary>
    public const string Signature = "siwe";

    /// <summary>An app that the operator trusts with it said so, and they agreed; see <see cref="VouchForLink"/>.</summary>
    public const string Vouched = "vouched";

    /// <summary>In words, after "Linked".</summary>
    public static string InWords(string flow) => flow switch
    {
        OAuth => "by signing in there",
        Signature => "by a signature",
        Vouched => "through an app there",
        _ => "in another way",
    };
}
