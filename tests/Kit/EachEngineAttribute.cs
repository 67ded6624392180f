using System.Reflection;
using Rally.Storage;
using Xunit.Sdk;

namespace Rally.Testing;

/// <summary>
/// Runs a theory once on SQLite and once on PostgreSQL. tests/run.sh starts PostgreSQL and names it in
/// RALLY_TEST_POSTGRES; without it only SQLite runs here, and PostgresIsHere.Test in tests/Storage says so.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachEngineAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        yield return [Engine.Sqlite];
        if (TestDatabase.PostgresServer is not null)
            yield return [Engine.Postgres];
    }
}
