using Xunit;

namespace Rally.Testing;

/// <summary>A fact about PostgreSQL alone, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (TestDatabase.PostgresServer is null)
            Skip = "No PostgreSQL: RALLY_TEST_POSTGRES is not set. tests/run.sh starts one and sets it.";
    }
}
