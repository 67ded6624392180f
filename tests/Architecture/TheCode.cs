using Rally.Architecture.Tests.Reading;
using Rally.Architecture.Tests.Rules;
using Xunit;

namespace Rally.Architecture.Tests;

/// <summary>The rules, held against what is built; <see cref="TheRules"/> shows that each can fail.</summary>
public sealed class TheCode
{
    private static readonly Dictionary<string, AssemblyFacts> Built =
        Source.Projects.ToDictionary(project => project, Source.Assembly);

    [Fact]
    public void Projects_reference_only_what_the_table_allows() =>
        Assert.Empty(Built.SelectMany(built => ReferenceRule.Violations(
            built.Key, [.. Source.ProjectReferences(built.Key), .. built.Value.References])));

    [Fact]
    public void Namespaces_use_only_what_is_meant_for_them() =>
        Assert.Empty(NamespaceRule.Violations(Built.Values.SelectMany(facts => facts.Uses)));

    [Fact]
    public void Modules_show_only_what_is_listed() =>
        Assert.Empty(Built.SelectMany(built => PublicTypesRule.Violations(built.Key, built.Value.Types)));

    [Fact]
    public void No_namespace_is_called_like_a_type_in_use_there() =>
        Assert.Empty(NamespaceNameRule.Violations(
            Built.Values.SelectMany(facts => facts.Types), Built.Values.SelectMany(facts => facts.Uses)));

    [Fact]
    public void Migrations_are_numbered_without_gaps() =>
        Assert.Empty(Built.SelectMany(built => MigrationRule.Violations(built.Key, built.Value.Resources)));

    [Fact]
    public void No_file_is_too_long() => Assert.Empty(SourceRules.TooLong(Source.Files()));

    [Fact]
    public void Nobody_switches_off_the_ban_on_wall_clocks() => Assert.Empty(SourceRules.BanSwitchedOff(Source.Files()));

    [Fact]
    public void Discords_protocol_code_does_not_speak_of_ours() => Assert.Empty(SourceRules.WordsOfOursInDiscordApi(Source.Files()));
}
