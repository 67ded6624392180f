namespace Rally.Architecture.Tests.Reading;

/// <summary>A type that is declared in an assembly; a nested one counts as the type it stands in.</summary>
internal sealed record CodeType(string Namespace, string Name, bool IsPublic)
{
    public string FullName => $"{Namespace}.{Name}";
}

/// <summary>One type of ours that names another, in a signature, a body, a base or an attribute.</summary>
internal sealed record Use(string FromNamespace, string FromType, string ToNamespace, string ToType)
{
    public override string ToString() => $"{FromNamespace}.{FromType} uses {ToNamespace}.{ToType}";
}
