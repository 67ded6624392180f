using Rally.Architecture.Tests.Reading;

namespace Rally.Architecture.Tests.Rules;

/// <summary>No namespace is called like a type of ours that is declared or used in it: the type's short name would be the namespace there.</summary>
internal static class NamespaceNameRule
{
    public static IEnumerable<string> Violations(IEnumerable<CodeType> types, IEnumerable<Use> uses)
    {
        var declared = types.Select(type => (In: type.Namespace, type.Name));
        var used = uses.Select(use => (In: use.FromNamespace, Name: use.ToType));
        return declared.Concat(used)
            .Where(type => type.In.Split('.').Contains(type.Name))
            .Select(type => $"{type.Name} is a type in {type.In}, which has a part of that name")
            .Distinct();
    }
}
