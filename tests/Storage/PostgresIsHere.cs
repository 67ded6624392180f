using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

/// <summary>Says in the list of skipped tests why PostgreSQL is missing, when it is.</summary>
public sealed class PostgresIsHere
{
    [PostgresFact]
    public async Task Test()
    {
        await using var test = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var database = Database.Open(test.Setting);

        Assert.Contains("PostgreSQL", database.Description, StringComparison.Ordinal);
    }
}
