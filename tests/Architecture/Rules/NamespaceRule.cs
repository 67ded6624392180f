using Rally.Architecture.Tests.Reading;

namespace Rally.Architecture.Tests.Rules;

/// <summary>
/// Who may use whose types, finer than by project: Webhooks sees only the ledger's feed; the bot is a client of the network,
/// so only what composes the process touches the network's modules; Discord's protocol knows nothing of ours.
/// </summary>
internal static class NamespaceRule
{
    private const string Discord = "Rally.Bot.DiscordApi";

    private static readonly string[] Modules = ["Rally.Storage", "Rally.Ledger", "Rally.Auth", "Rally.Webhooks", "Rally.Sandbox"];

    private static readonly string[] Amounts = ["Rally.Ledger.Amounts"];

    private static readonly string[] Feed = ["Rally.Ledger.Journal", "Rally.Ledger.Events", .. Amounts];

    private static readonly string[] Composition = ["Rally.Bot.Hosting", "Rally.Bot.Demo"];

    private static readonly string[] DeliveryReaders = ["Rally.Bot.Network", "Rally.Bot.Roles"];

    private static readonly string[] Deliveries = ["Rally.Webhooks.Incoming", "Rally.Webhooks.Signing"];

    public static IEnumerable<string> Violations(IEnumerable<Use> uses) =>
        uses.Where(use => !IsAllowed(use)).Select(use => use.ToString()).Order(StringComparer.Ordinal);

    private static bool IsAllowed(Use use)
    {
        if (Within(use.FromNamespace, Discord))
            return Within(use.ToNamespace, Discord);
        if (Within(use.FromNamespace, "Rally.Webhooks") && Within(use.ToNamespace, "Rally.Ledger"))
            return Within(use.ToNamespace, Feed);
        if (!IsBotFeature(use.FromNamespace) || !Within(use.ToNamespace, Modules))
            return true;
        return (Within(use.ToNamespace, "Rally.Storage") && use.ToType != "StorageModule")
            || Within(use.ToNamespace, Amounts)
            || (Within(use.FromNamespace, DeliveryReaders) && Within(use.ToNamespace, Deliveries));
    }

    // Program and other top-level statements have no namespace, so only named folders of the bot are features.
    private static bool IsBotFeature(string space) =>
        Within(space, "Rally.Bot") && space != "Rally.Bot" && !Within(space, Composition);

    private static bool Within(string space, params string[] tops) =>
        tops.Any(top => space == top || space.StartsWith(top + ".", StringComparison.Ordinal));
}
