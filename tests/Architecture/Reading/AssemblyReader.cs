using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Rally.Architecture.Tests.Reading;

/// <summary>
/// What a built assembly says of itself: its types, the assemblies it references, and which of its types names which type
/// of ours. Constants and <c>nameof</c> leave no trace in an assembly.
/// </summary>
internal sealed class AssemblyReader
{
    private readonly MetadataReader _metadata;
    private readonly PEReader _file;
    private readonly HashSet<Use> _uses = [];

    private AssemblyReader(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
    }

    public static AssemblyFacts Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = new AssemblyReader(file);
        var metadata = reader._metadata;
        foreach (var handle in metadata.TypeDefinitions)
            reader.ReadType(handle);
        return new(
            [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))],
            [.. metadata.TypeDefinitions.Where(handle => !metadata.GetTypeDefinition(handle).IsNested).Select(reader.Declared)],
            [.. metadata.ManifestResources.Select(handle => metadata.GetString(metadata.GetManifestResource(handle).Name))],
            reader._uses);
    }

    private CodeType Declared(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        return new(
            _metadata.GetString(type.Namespace),
            _metadata.GetString(type.Name),
            (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public);
    }

    private void ReadType(TypeDefinitionHandle handle)
    {
        var from = Outermost(handle);
        var names = new TypeNames(type => Note(from, type));
        var type = _metadata.GetTypeDefinition(handle);
        Name(type.BaseType);
        foreach (var interfaceHandle in type.GetInterfaceImplementations())
            Name(_metadata.GetInterfaceImplementation(interfaceHandle).Interface);
        foreach (var field in type.GetFields())
            _metadata.GetFieldDefinition(field).DecodeSignature(names, null);
        foreach (var parameter in type.GetGenericParameters())
            NameConstraints(parameter);
        NameAttributes(type.GetCustomAttributes());
        foreach (var methodHandle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(methodHandle);
            method.DecodeSignature(names, null);
            NameAttributes(method.GetCustomAttributes());
            foreach (var parameter in method.GetGenericParameters())
                NameConstraints(parameter);
            if (method.RelativeVirtualAddress != 0)
                ReadBody(_file.GetMethodBody(method.RelativeVirtualAddress));
        }

        void ReadBody(MethodBodyBlock body)
        {
            if (!body.LocalSignature.IsNil)
                _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null);
            foreach (var region in body.ExceptionRegions)
                Name(region.CatchType);
            foreach (var token in Instructions.TokensIn(body.GetILReader()))
                Name(MetadataTokens.EntityHandle(token));
        }

        void NameConstraints(GenericParameterHandle parameter)
        {
            foreach (var constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
                Name(_metadata.GetGenericParameterConstraint(constraint).Type);
        }

        void NameAttributes(CustomAttributeHandleCollection attributes)
        {
            foreach (var attribute in attributes)
                Name(_metadata.GetCustomAttribute(attribute).Constructor);
        }

        void Name(EntityHandle named)
        {
            if (named.IsNil)
                return;
            switch (named.Kind)
            {
                case HandleKind.TypeDefinition or HandleKind.TypeReference:
                    Note(from, Outermost(named));
                    break;
                case HandleKind.TypeSpecification:
                    _metadata.GetTypeSpecification((TypeSpecificationHandle)named).DecodeSignature(names, null);
                    break;
                case HandleKind.MethodDefinition:
                    Name(_metadata.GetMethodDefinition((MethodDefinitionHandle)named).GetDeclaringType());
                    break;
                case HandleKind.FieldDefinition:
                    Name(_metadata.GetFieldDefinition((FieldDefinitionHandle)named).GetDeclaringType());
                    break;
                case HandleKind.MemberReference:
                    var member = _metadata.GetMemberReference((MemberReferenceHandle)named);
                    Name(member.Parent);
                    if (member.GetKind() == MemberReferenceKind.Field)
                        member.DecodeFieldSignature(names, null);
                    else
                        member.DecodeMethodSignature(names, null);
                    break;
                case HandleKind.MethodSpecification:
                    var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)named);
                    Name(method.Method);
                    method.DecodeSignature(names, null);
                    break;
                default:
                    break;
            }
        }
    }

    private void Note((string Namespace, string Name) from, (string Namespace, string Name) to)
    {
        if (to.Namespace.Split('.')[0] == "Rally" && to != from)
            _uses.Add(new(from.Namespace, from.Name, to.Namespace, to.Name));
    }

    private (string Namespace, string Name) Outermost(EntityHandle handle) => TypeNames.Outermost(_metadata, handle);
}
