using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>A test of several processes on one store, which only PostgreSQL allows.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() =>
        Skip = TestDatabase.PostgresServer is null ? "RALLY_TEST_POSTGRES is not set" : null;
}
