using Rally.Architecture.Tests.Reading;
using Rally.Architecture.Tests.Rules;
using Xunit;

namespace Rally.Architecture.Tests;

/// <summary>Each rule, broken on purpose: a rule that cannot fail proves nothing.</summary>
public sealed class TheRules
{
    [Theory]
    [InlineData("Storage", "Rally.Ledger")]
    [InlineData("Sandbox", "Storage")]
    [InlineData("Ledger", "Auth")]
    [InlineData("Auth", "Ledger")]
    [InlineData("Ethereum", "Storage")]
    [InlineData("Webhooks", "Rally.Auth")]
    [InlineData("Webhooks", "Bot")]
    public void A_reference_outside_the_table_is_found(string project, string reference) =>
        Assert.Equal(
            [$"{project} may not reference {reference.Replace("Rally.", "", StringComparison.Ordinal)}"],
            ReferenceRule.Violations(project, ["System.Runtime", "Dapper", reference]));

    [Fact]
    public void A_project_that_the_table_does_not_know_is_found() => Assert.Single(ReferenceRule.Violations("Solana", []));

    [Fact]
    public void References_of_the_table_are_allowed()
    {
        Assert.Empty(ReferenceRule.Violations("Webhooks", ["Storage", "Rally.Ledger", "Npgsql"]));
        Assert.Empty(ReferenceRule.Violations("Bot", ["Rally.Storage", "Ledger", "Auth", "Webhooks", "Sandbox"]));
    }

    [Theory]
    [InlineData("Rally.Bot.Commands", "Rally.Ledger.Journal", "ITransferFeed")]
    [InlineData("Rally.Bot.Commands", "Rally.Ledger", "LedgerModule")]
    [InlineData("Rally.Bot.Network", "Rally.Auth.Apps", "RegisterApp")]
    [InlineData("Rally.Bot.Network", "Rally.Storage", "StorageModule")]
    [InlineData("Rally.Bot.Commands", "Rally.Webhooks.Incoming", "WebhookReceiver")]
    [InlineData("Rally.Bot.Network", "Rally.Webhooks", "WebhooksModule")]
    [InlineData("Rally.Bot.Roles", "Rally.Sandbox", "SandboxServer")]
    [InlineData("Rally.Bot.HostingElsewhere", "Rally.Auth", "AuthModule")]
    [InlineData("Rally.Bot.DiscordApi.Rest", "Rally.Storage", "Database")]
    [InlineData("Rally.Bot.DiscordApi.Rest", "Rally.Bot.Roles", "Reconciler")]
    [InlineData("Rally.Bot.DiscordApi.Rest", "Rally.Ledger.Amounts", "Amount")]
    [InlineData("Rally.Webhooks.Deliveries", "Rally.Ledger", "LedgerModule")]
    [InlineData("Rally.Webhooks.Deliveries", "Rally.Ledger.Coins", "LaunchCoin")]
    public void A_use_across_a_boundary_is_found(string from, string to, string type) =>
        Assert.Equal([$"{from}.Broken uses {to}.{type}"], NamespaceRule.Violations([new(from, "Broken", to, type)]));

    [Theory]
    [InlineData("", "Program", "Rally.Ledger", "LedgerModule")]
    [InlineData("Rally.Bot", "Program", "Rally.Auth", "AuthModule")]
    [InlineData("Rally.Bot.Hosting", "Host", "Rally.Storage", "StorageModule")]
    [InlineData("Rally.Bot.Demo.Story", "Tell", "Rally.Sandbox", "SandboxServer")]
    [InlineData("Rally.Bot.Network", "Receiver", "Rally.Webhooks.Incoming", "WebhookReceiver")]
    [InlineData("Rally.Bot.Roles", "Receiver", "Rally.Webhooks.Signing", "WebhookSignature")]
    [InlineData("Rally.Bot.Commands", "SendCommand", "Rally.Ledger.Amounts", "Amount")]
    [InlineData("Rally.Bot.Commands", "SendCommand", "Rally.Bot.DiscordApi.Rest", "DiscordRest")]
    [InlineData("Rally.Bot.Roles", "Reconciler", "Rally.Storage", "Database")]
    [InlineData("Rally.Webhooks.Deliveries", "Sender", "Rally.Ledger.Journal", "ITransferFeed")]
    public void A_use_within_the_boundaries_is_allowed(string from, string by, string to, string type) =>
        Assert.Empty(NamespaceRule.Violations([new(from, by, to, type)]));

    [Fact]
    public void The_reader_sees_uses_in_bodies_state_machines_and_generic_arguments() =>
        Assert.Equal(
            [
                "Rally.Bot.DiscordApi.Broken.KnowsAmounts uses Rally.Ledger.Amounts.Amount",
                "Rally.Bot.Roles.Broken.InABody uses Rally.Ledger.Journal.ITransferFeed",
                "Rally.Bot.Roles.Broken.InAGenericArgument uses Rally.Ledger.Journal.TransferPosted",
                "Rally.Bot.Roles.Broken.InAnAsyncBody uses Rally.Ledger.Journal.ITransferFeed",
            ],
            NamespaceRule.Violations(AssemblyReader.Read(typeof(TheRules).Assembly.Location).Uses));

    [Fact]
    public void A_public_type_that_is_not_listed_is_found()
    {
        CodeType[] types =
        [
            new("Rally.Auth", "AuthModule", IsPublic: true),
            new("Rally.Auth.Accounts", "AccountStore", IsPublic: true),
            new("Rally.Auth.Accounts", "PasswordHash", IsPublic: false),
        ];

        Assert.StartsWith("Rally.Auth.Accounts.AccountStore is public", Assert.Single(PublicTypesRule.Violations("Auth", types)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_reader_tells_public_types_from_internal_ones()
    {
        var types = AssemblyReader.Read(typeof(TheRules).Assembly.Location).Types;

        Assert.Contains(new("Rally.Architecture.Tests", nameof(TheRules), IsPublic: true), types);
        Assert.Contains(new("Rally.Architecture.Tests.Rules", nameof(ReferenceRule), IsPublic: false), types);
    }

    [Fact]
    public void A_namespace_called_like_a_type_declared_or_used_in_it_is_found()
    {
        CodeType[] types = [new("Rally.Ledger.Journal", "Journal", false), new("Rally.Ledger.Coins", "Coin", false)];
        Use[] uses = [new("Rally.Bot.Reconciler", "Loop", "Rally.Bot.Roles", "Reconciler"), new("Rally.Bot.Roles", "Loop", "Rally.Bot.Roles", "Rule")];

        Assert.Equal(
            [
                "Journal is a type in Rally.Ledger.Journal, which has a part of that name",
                "Reconciler is a type in Rally.Bot.Reconciler, which has a part of that name",
            ],
            NamespaceNameRule.Violations(types, uses));
    }

    [Theory]
    [InlineData("migrations/0002-late.sql")]
    [InlineData("migrations/0001-a.sql", "migrations/0001-b.sql")]
    [InlineData("migrations/0001-a.sql", "migrations/0003-b.sql")]
    [InlineData("migrations/0001-a.sqlite.sql", "migrations/0002-b.sql")]
    [InlineData("migrations/1-short.sql")]
    [InlineData("migrations/0001-A.sql")]
    [InlineData("migrations/0001-a.mysql.sql")]
    public void Migrations_with_gaps_or_other_names_are_found(params string[] files) =>
        Assert.NotEmpty(MigrationRule.Violations("Ledger", files));

    [Fact]
    public void Numbered_migrations_are_allowed() => Assert.Empty(MigrationRule.Violations(
        "Ledger", ["page.html", "migrations/0001-a.sqlite.sql", "migrations/0001-a.postgres.sql", "migrations/0002-b.sql"]));

    [Fact]
    public void A_file_that_is_too_long_is_found()
    {
        static SourceFile Lines(int count) => new("src/Ledger/Long.cs", string.Concat(Enumerable.Repeat("//\n", count)));

        Assert.Equal(["src/Ledger/Long.cs has 301 lines, more than 300"], SourceRules.TooLong([Lines(301)]));
        Assert.Empty(SourceRules.TooLong([Lines(300)]));
    }

    [Theory]
    [InlineData("#pragma warning {0} RS0030")]
    [InlineData("#pragma  warning {0} CA1822, RS0030 // only here")]
    [InlineData("#pragma warning {0}")]
    [InlineData("[SuppressMessage(\"ApiDesign\", \"RS00{1}\")]")]
    public void Switching_off_the_ban_on_wall_clocks_is_found(string form)
    {
        // Put together here, or this file would break the rule itself.
        var text = form.Replace("{0}", "disable", StringComparison.Ordinal).Replace("{1}", "30", StringComparison.Ordinal);

        Assert.Single(SourceRules.BanSwitchedOff([new("src/Ledger/Clock.cs", $"namespace N;\n{text}\nclass C;")]));
    }

    [Fact]
    public void Switching_off_another_warning_is_allowed() =>
        Assert.Empty(SourceRules.BanSwitchedOff([new("src/Ledger/A.cs", "#pragma warning " + "disable CA1822 // why\nclass C;")]));

    [Theory]
    [InlineData("// the fan's coin")]
    [InlineData("namespace Rally.Bot.Roles;")]
    [InlineData("using Rally.Ledger.Amounts;")]
    [InlineData("internal sealed class RallyClient;")]
    public void A_word_of_ours_in_Discords_protocol_code_is_found(string line) =>
        Assert.Single(SourceRules.WordsOfOursInDiscordApi([new("src/Bot/DiscordApi/A.cs", $"namespace Rally.Bot.DiscordApi;\n{line}\n")]));

    [Fact]
    public void Discords_protocol_code_may_name_its_own_namespace() => Assert.Empty(SourceRules.WordsOfOursInDiscordApi(
        [
            new("src/Bot/DiscordApi/A.cs", "using Rally.Bot.DiscordApi.Rest;\nnamespace Rally.Bot.DiscordApi;\nclass Coinage;\n"),
            new("src/Bot/Roles/A.cs", "// Rally's coin"),
        ]));
}
