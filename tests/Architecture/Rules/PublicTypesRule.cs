using Rally.Architecture.Tests.Reading;

namespace Rally.Architecture.Tests.Rules;

/// <summary>A module shows how to add and map it, its options, and the few types listed here; all else is internal.</summary>
internal static class PublicTypesRule
{
    private static readonly Dictionary<string, string[]> Shown = new()
    {
        ["Storage"] =
        [
            "StorageModule", "Database", "Engine", "StoreSetting", "RowsStatement`1", "Changes.Outbox", "Changes.Change", "Changes.LogPlace",
            "Migrations.MigrationSet", "Migrations.Migrator", "Migrations.MigrationException",
            "Backups.KeyFolder", "Backups.TakeBackup", "Backups.RestoreBackup", "Backups.BackupProgress", "Backups.BackupStep", "Backups.BackupException",
        ],
        ["Ethereum"] =
        [
            "Keccak256", "EthereumAddress", "PersonalMessage", "SignIn.SignInMessage", "SignIn.SignInExpectation", "SignIn.SignInFault",
        ],
        ["Ledger"] =
        [
            "LedgerModule", "LedgerOptions", "LedgerRateLimits", "Amounts.Amount", "Journal.ITransferFeed", "Journal.TransferPosted", "Events.CoinEvent", "Events.FindCreator", "Events.FindCoin",
            "Coins.LaunchCoin", "Coins.Coin", "Coins.CoinTerms", "Coins.IssueRly", "Coins.SuspendCoin",
            "Blocks.RotateAuthority", "Blocks.FindKeyFault", "Blocks.VerifyLedger", "Followers.RebuildFollowers", "Prices.UsdPriceOptions",
            "Journal.LedgerClockException", "Transfers.RequestedTransfers", "Exit.ExportLedger", "Exit.ImportLedger", "Exit.ExportJournal", "Exit.ExitProgress", "Exit.ExitStep",
            "Spending.ISpendingGuard", "Spending.Spend", "Spending.SpendingVerdict", "Spending.SpendingBound", "Spending.FindSpent", "Spending.Spent",
        ],
        ["Auth"] =
        [
            "AuthModule", "FormerAuthModule", "Transfers.ITransferLedger", "Transfers.TransferWish", "Transfers.TransferPlan",
            "AuthOptions", "SignInRateLimit", "MailOptions", "Apps.RegisterApp", "Apps.AppSection", "Apps.TellAppOwner", "Pages.OwnerPages", "Pages.OwnerPages.OwnApp", "Accounts.CreateAccount", "Accounts.FirstOperator",
            "Accounts.FindAccount", "Apps.FindApp", "Server.Keys.ReplaceSigningKeys", "Server.FindTokens", "Links.LinkReaders", "Links.LinkOptions", "Links.OAuthLinkOptions",
            "Spending.SpendingLimits", "Spending.SpendingBound", "Spending.ISpendingOutcomes", "Spending.SpendingOutcome",
        ],
        ["Webhooks"] =
        [
            "WebhooksModule", "WebhooksOptions", "Network.TrustedOrigins", "Signing.WebhookSignature", "Signing.WebhookSecret",
            "Signing.WebhookKeyPair", "Signing.WebhookPublicKey", "Subscriptions.ISubscribers", "Subscriptions.SubscriberState", "Streams.IStreamTokens",
            "Subscriptions.IEndpointOwners", "Subscriptions.EndpointNotice", "Approvals.IUserNames", "Approvals.ILinkReaders", "Pages.IOwnerSite", "Pages.OwnerVisit",
            "Incoming.WebhookReceiver", "Incoming.WebhookReceipt", "Incoming.WebhookRefusal", "Incoming.EventSubReceiver", "Incoming.EventSubReceipt",
        ],
        ["Sandbox"] =
        [
            "SandboxServer", "SandboxOptions", "SandboxSignIn", "SandboxEntry", "SandboxSeed", "SeedRole", "SeedRoleKind", "SeedMember",
            "DiscordServer.Rest.RestTraffic", "DiscordServer.RateLimits.RateLimitOptions",
        ],
        ["Bot"] = [],
    };

    public static IEnumerable<string> Violations(string project, IEnumerable<CodeType> types)
    {
        var shown = Shown.GetValueOrDefault(project, []).Select(name => $"Rally.{project}.{name}").ToHashSet();
        return types
            .Where(type => type.IsPublic && type.Namespace.StartsWith("Rally", StringComparison.Ordinal) && !shown.Contains(type.FullName))
            .Select(type => $"{type.FullName} is public and not in the list of {nameof(PublicTypesRule)}");
    }
}
