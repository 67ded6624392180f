namespace Rally.Architecture.Tests.Reading;

/// <summary>What <see cref="AssemblyReader"/> found.</summary>
internal sealed record AssemblyFacts(
    IReadOnlyList<string> References,
    IReadOnlyList<CodeType> Types,
    IReadOnlyList<string> Resources,
    IReadOnlyCollection<Use> Uses);
