using Dapper;
using Microsoft.Extensions.Options;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class MigrationTests
{
    [Theory, EachEngine]
    public async Task Attempts_of_before_are_kept_and_go_with_their_endpoint(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        Guid[] endpoints = [Guid.NewGuid(), Guid.NewGuid()], attempts = [.. Enumerable.Range(0, 3).Select(i => Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddHours(i)))];
        await database.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            foreach (var name in new[] { "0001-endpoints", "0002-keys-and-attempts", "0003-events", "0004-owners-told", "0005-reports" })
                await connection.ExecuteAsync(Script(name), transaction: transaction);
            foreach (var id in endpoints)
            {
                await connection.ExecuteAsync("""
                    INSERT INTO webhook_endpoint (id, client_id, url, events, created_at, revision, position, attempts) VALUES (@id, 'app', '', '', 0, 0, 0, 0)
                    """, new { id }, transaction);
            }

            for (var i = 0; i < attempts.Length; i++)
            {
                await connection.ExecuteAsync("""
                    INSERT INTO webhook_attempt
                      (id, endpoint_id, message_id, type, position, attempt, began_at, duration_ms, status, failure, answer_headers, answer)
                    VALUES (@id, @endpoint, 'msg', 'transfer', @i, 1, 2, 3, 500, 'It answered 500.', 'Server: x', @answer)
                    """, new { id = attempts[i], endpoint = endpoints[i % 2], i, answer = new byte[] { 1, 2 } }, transaction);
            }

            foreach (var name in new[] { "0006-attempts-by-endpoint", "0007-attempt-pages" })
                await connection.ExecuteAsync(Script($"{name}.{(engine == Engine.Sqlite ? "sqlite" : "postgres")}"), transaction: transaction);
        });

        Assert.Equal([(attempts[0], 0L), (attempts[1], 1L), (attempts[2], 2L)], await KeptAsync());
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM webhook_endpoint WHERE id = @id", new { id = endpoints[0] }, transaction));
        Assert.Equal([(attempts[1], 1L)], await KeptAsync());

        async Task<IEnumerable<(Guid, long)>> KeptAsync()
        {
            var log = new AttemptLog(database, Options.Create(new WebhooksOptions()), TimeProvider.System);
            var kept = new List<Attempt>();
            foreach (var id in endpoints)
                kept.AddRange(await log.ReadAsync(id, before: null, onlyFailed: true, limit: 10, default));
            return kept
                .Where(one => one is { MessageId: "msg", Type: "transfer", Number: 1, DurationMs: 3, Status: 500, Failure: "It answered 500.", AnswerHeaders: "Server: x", Answer: [1, 2] }
                    && one.BeganAt.ToUnixTimeMilliseconds() == 2)
                .Select(one => (one.Id, one.Position!.Value)).OrderBy(one => one.Item2);
        }
    }

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(WebhooksModule).Assembly.GetManifestResourceStream($"migrations/{name}.sql")!);
        return reader.ReadToEnd();
    }
}
