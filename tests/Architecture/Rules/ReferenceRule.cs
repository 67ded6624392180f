namespace Rally.Architecture.Tests.Rules;

/// <summary>Which project may reference which other one of ours.</summary>
internal static class ReferenceRule
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Storage"] = [],
        ["Ethereum"] = [],
        ["Ledger"] = ["Storage"],
        ["Auth"] = ["Storage", "Ethereum"],
        ["Webhooks"] = ["Storage", "Ledger"],
        ["Sandbox"] = [],
        ["Bot"] = ["Storage", "Ledger", "Auth", "Webhooks", "Sandbox", "Ethereum"],
    };

    /// <param name="project">A folder under src.</param>
    /// <param name="references">Names of projects of ours, or of assemblies of any kind.</param>
    public static IEnumerable<string> Violations(string project, IEnumerable<string> references)
    {
        if (!Allowed.TryGetValue(project, out var allowed))
            return [$"{project} is not in the table of {nameof(ReferenceRule)}"];
        return references
            .Select(reference => reference.StartsWith("Rally.", StringComparison.Ordinal) ? reference["Rally.".Length..] : reference)
            .Where(reference => Allowed.ContainsKey(reference) && !allowed.Contains(reference))
            .Select(reference => $"{project} may not reference {reference}");
    }
}
