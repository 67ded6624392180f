using System.Globalization;
using Dapper;
using Rally.Testing;
using Xunit;

namespace Rally.Storage.Tests;

public sealed class CrashTests
{
    // RALLY_LONG=1 (tests/run.sh --long) asks for more.
    private static readonly int Rounds = Environment.GetEnvironmentVariable("RALLY_LONG") == "1" ? 60 : 4;

    [Theory, EachEngine]
    public async Task Killing_the_writing_process_loses_no_acknowledged_commit_and_leaves_no_half_one(Engine engine)
    {
        await using var test = await TestDatabase.CreateAsync(engine);
        await using (var database = Database.Open(test.Setting))
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "CREATE TABLE pair (number BIGINT NOT NULL, half BIGINT NOT NULL, PRIMARY KEY (number, half))", transaction: transaction));
        var random = new Random(2);

        for (var round = 0; round < Rounds; round++)
        {
            var acknowledged = await WriteAndKillAsync(test.Setting, random.Next(1, 200));

            await using var database = Database.Open(test.Setting);
            var (last, rows) = await database.ReadAsync(connection =>
                connection.QuerySingleAsync<(long, long)>("SELECT max(number), count(*) FROM pair"));
            Assert.InRange(last, acknowledged, acknowledged + 1);
            Assert.Equal(2 * last, rows);
        }
    }

    /// <returns>The last number that the child process printed, each after its commit.</returns>
    private static async Task<long> WriteAndKillAsync(string setting, int commits)
    {
        using var child = ChildProcess.Start("write", setting);
        var line = "";
        for (var i = 0; i < commits; i++)
            line = await child.ReadLineAsync();
        var unread = await child.KillAsync();
        return long.Parse(unread.LastOrDefault(line), CultureInfo.InvariantCulture);
    }
}
