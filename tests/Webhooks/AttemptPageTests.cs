using Dapper;
using Microsoft.Extensions.Options;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class AttemptPageTests
{
    private static readonly Guid Endpoint = Guid.NewGuid();
    private static readonly DateTimeOffset Epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void What_is_stored_together_is_read_as_it_was()
    {
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var attempts = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Any(random)).ToList();
            var read = AttemptPage.Of(attempts).SelectMany(page => page.Read()).ToList();
            Assert.Equal(attempts.OrderBy(one => one.Id).Select(Told), read.Select(Told));
        }
    }

    [Fact]
    public void A_page_spans_less_than_a_minute_and_is_bounded()
    {
        List<Attempt> attempts = [.. Enumerable.Range(0, 600).Select(i => At(TimeSpan.FromMilliseconds(i))), At(TimeSpan.FromMinutes(1)), At(TimeSpan.FromMinutes(3))];

        var pages = AttemptPage.Of(attempts).ToList();

        Assert.Equal([250, 250, 101, 1], pages.Select(page => page.Read().Count));
        Assert.All(pages, page => Assert.True(TimeOrder.Between(page.FirstId, page.LastId) < AttemptPage.LongestSpan));
        Assert.Equal(attempts.Select(one => one.Id), pages.SelectMany(page => page.Read()).Select(one => one.Id));
    }

    [Fact]
    public void Ids_of_one_moment_are_in_the_order_they_were_made_in()
    {
        var ids = Enumerable.Range(0, 1_000).Select(i => TimeOrder.NewIdAt(Epoch + TimeSpan.FromMilliseconds(i / 100))).ToList();

        Assert.Equal(ids.Order(), ids);
        Assert.Equal(1_000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal((7, 0b10), (id.Version, id.Variant >> 2)));
        Assert.Equal(TimeSpan.FromMilliseconds(9), TimeOrder.Between(ids[0], ids[^1]));
    }

    [Fact]
    public void A_page_of_a_later_version_is_not_guessed_at() =>
        Assert.Contains("does not know", Assert.Throws<InvalidDataException>(new AttemptPage(Endpoint, default, default, 0, null, [9]).Read).Message, StringComparison.Ordinal);

    [Theory, EachEngine]
    public async Task Pages_that_overlap_are_read_in_the_order_of_time(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        await new Migrator(database, [new MigrationSet("webhook", typeof(WebhooksModule).Assembly)], TimeProvider.System).RunAsync();
        var random = new Random(11);
        // Of each write some began long before: what was slow is stored with what is quick.
        var writes = Enumerable.Range(0, 90).Select(write => Enumerable.Range(0, random.Next(1, 8))
            .Select(i => At(TimeSpan.FromSeconds(write) + TimeSpan.FromMilliseconds(i) - TimeSpan.FromSeconds(random.Next(4) == 0 ? random.Next(90) : 0), random.Next(3) == 0)).ToList()).ToList();
        await database.WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync(
                "INSERT INTO webhook_endpoint (id, client_id, url, events, created_at, revision, position, attempts) VALUES (@Endpoint, 'app', '', '', 0, 0, 0, 0)",
                new { Endpoint }, transaction);
            foreach (var write in writes)
                await AttemptLog.AddAsync(transaction, [.. write, At(TimeSpan.Zero) with { EndpointId = Guid.NewGuid() }], default);
        });
        var log = new AttemptLog(database, Options.Create(new WebhooksOptions()), TimeProvider.System);

        foreach (var onlyFailed in new[] { false, true })
        {
            var expected = writes.SelectMany(write => write).Where(one => !onlyFailed || one.Failure is not null).Select(one => one.Id).OrderDescending().ToList();
            foreach (var limit in new[] { 1, 7, 1_000 })
            {
                List<Guid> read = [];
                while (await log.ReadAsync(Endpoint, read.Count == 0 ? null : read[^1], onlyFailed, limit, default) is { Count: > 0 } some)
                    read.AddRange(some.Select(one => one.Id));
                Assert.Equal(expected, read);
            }

            Assert.Equal(expected, (await log.ReadAsync(Endpoint, Guid.AllBitsSet, onlyFailed, 1_000, default)).Select(one => one.Id));
            Assert.Empty(await log.ReadAsync(Endpoint, Guid.Empty, onlyFailed, 1_000, default));
        }
    }

    private static Attempt At(TimeSpan after, bool failed = false) => new()
    {
        Id = Guid.CreateVersion7(Epoch + after),
        EndpointId = Endpoint,
        MessageId = "msg_1",
        Type = "transfer.posted",
        BeganAt = Epoch + after,
        Failure = failed ? "It answered 500." : null,
    };

    private static Attempt Any(Random random) => At(TimeSpan.FromMilliseconds(random.Next(1_000))) with
    {
        MessageId = $"msg_{new string('ß', random.Next(3))}_{random.Next(20)}",
        Type = random.Next(2) == 0 ? "test" : "tier.changed",
        Position = random.Next(3) == 0 ? null : random.NextInt64(),
        Number = random.Next(10),
        DurationMs = random.NextInt64(40_000),
        Status = random.Next(3) == 0 ? null : random.Next(100, 600),
        Failure = random.Next(3) == 0 ? null : $"It answered \ud83d{(random.Next(2) == 0 ? "\ude00" : "\ude01")} {random.Next(3)}.",
        AnswerHeaders = random.Next(3) == 0 ? null : string.Concat(Enumerable.Repeat("Server: x\n", random.Next(40))),
        Answer = random.Next(4) switch { 0 => null, 1 => [], 2 => [1, 2, 3], _ => [.. Enumerable.Range(0, random.Next(4_096)).Select(i => (byte)i)] },
    };

    private static object Told(Attempt one) => one with { Answer = null } is var rest && one.Answer is { } answer ? (rest, Convert.ToHexString(answer)) : (one, "none");
}
