using System.Runtime.CompilerServices;

namespace Rally.Testing;

/// <summary>A part of every test project: its hosts are listened to from the first on.</summary>
internal static class SuiteLogBegins
{
#pragma warning disable CA2255 // for the tests' assemblies, which nobody else loads
    [ModuleInitializer]
    internal static void Begin() => SuiteLog.Begin(typeof(SuiteLogBegins).Assembly);
#pragma warning restore CA2255
}
