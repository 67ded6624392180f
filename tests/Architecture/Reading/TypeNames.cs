using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Rally.Architecture.Tests.Reading;

/// <summary>Walks signatures and reports each type named in them.</summary>
internal sealed class TypeNames(Action<(string Namespace, string Name)> report) : ISignatureTypeProvider<object?, object?>
{
    public static (string Namespace, string Name) Outermost(MetadataReader metadata, EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition)
        {
            var type = metadata.GetTypeDefinition((TypeDefinitionHandle)handle);
            return type.IsNested
                ? Outermost(metadata, type.GetDeclaringType())
                : (metadata.GetString(type.Namespace), metadata.GetString(type.Name));
        }

        var reference = metadata.GetTypeReference((TypeReferenceHandle)handle);
        return reference.ResolutionScope.Kind == HandleKind.TypeReference
            ? Outermost(metadata, reference.ResolutionScope)
            : (metadata.GetString(reference.Namespace), metadata.GetString(reference.Name));
    }

    public object? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => Report(reader, handle);

    public object? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => Report(reader, handle);

    public object? GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, context);

    public object? GetArrayType(object? elementType, ArrayShape shape) => null;

    public object? GetByReferenceType(object? elementType) => null;

    public object? GetFunctionPointerType(MethodSignature<object?> signature) => null;

    public object? GetGenericInstantiation(object? genericType, ImmutableArray<object?> typeArguments) => null;

    public object? GetGenericMethodParameter(object? context, int index) => null;

    public object? GetGenericTypeParameter(object? context, int index) => null;

    public object? GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

    public object? GetPinnedType(object? elementType) => null;

    public object? GetPointerType(object? elementType) => null;

    public object? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

    public object? GetSZArrayType(object? elementType) => null;

    private object? Report(MetadataReader reader, EntityHandle handle)
    {
        report(Outermost(reader, handle));
        return null;
    }
}
