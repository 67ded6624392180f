using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>The scopes of this network.</summary>
internal static class KnownScopes
{
    public static readonly Scope Profile = new("profile", "See your user name and Rally id", ForPeopleOnly: true);

    public static readonly Scope OpenId = new(Scope.OpenId, "Recognise you by your Rally id, and know when you signed in", ForPeopleOnly: true);

    public static readonly Scope ReadBalances = new("balances:read", "See which coins you hold, how many, and your transfers");

    public static IReadOnlyList<Scope> All { get; } =
    [
        OpenId,
        Profile,
        ReadBalances,
        new("transfers:send", "Send your coins to others, and take or decline coins that wait for you, without asking you each time", ForPeopleOnly: true, Spends: true),
        new("trades:make", "Buy, sell and convert your coins, without asking you each time", ForPeopleOnly: true, Spends: true),
        new("webhooks:manage", "Be told of coin movements by webhook", ForClientsOnly: true),
    ];
}
