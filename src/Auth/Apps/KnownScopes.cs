using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>The scopes of this network.</summary>
internal static class KnownScopes
{
    public static readonly Scope Profile = new("profile", "See your user name and Rally id", ForPeopleOnly: true);

    public static readonly Scope OpenId = new(Scope.OpenId, "Recognise you by your Rally id, and know when you signed in", ForPeopleOnly: true);

    public static readonly Scope ReadBalances = new("balances:read", "See which coins you hold, how many, and your transfers");

    public static readonly Scope SendTransfers = new(
        "transfers:send", "Send your coins to others, and take or decline coins that wait for you, without asking you each time", ForPeopleOnly: true, Spends: true);

    public static readonly Scope ReadLinks = new(
        "links:read", "See which kinds of accounts elsewhere you have linked, since when, how and from which Discord server, and which roles you gain or lose there by what you hold");

    /// <summary>For apps that the operator trusts to know whose an identity elsewhere is.</summary>
    public static readonly Scope VouchForLinks = new(
        "links:vouch", "Say which accounts elsewhere are yours", ForClientsOnly: true, ByOperatorOnly: true);

    /// <summary>For apps that the operator trusts to tell who has which role elsewhere by what they hold.</summary>
    public static readonly Scope ReportTiers = new(
        "tiers:report", "Say which roles you gain and lose by what you hold", ForClientsOnly: true, ByOperatorOnly: true);

    public static IReadOnlyList<Scope> All { get; } =
    [
        OpenId,
        Profile,
        ReadBalances,
        ReadLinks,
        SendTransfers,
        new("trades:make", "Buy, sell and convert your coins, without asking you each time", ForPeopleOnly: true, Spends: true),
        new("coins:manage", "Decide which apps are told what is private about transfers of the coins you launched", ForPeopleOnly: true),
        new("webhooks:manage", "Be told of coin movements by webhook", ForClientsOnly: true),
        VouchForLinks,
        ReportTiers,
    ];
}
