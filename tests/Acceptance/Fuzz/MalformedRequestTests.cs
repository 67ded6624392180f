using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Rally.Storage;
using Rally.Testing;
using Xunit.Abstractions;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>
/// Malformed requests to every endpoint of the whole host: seeded, so that each can be sent again by its number. With
/// RALLY_FUZZ_REQUEST=NUMBER only that one is sent, with RALLY_FUZZ_SEED other ones are, and with RALLY_FUZZ_SLICES as many
/// times as many: with 160 or more, 100,000 to each endpoint, which takes hours.
/// </summary>
public sealed class MalformedRequestTests(ITestOutputHelper output)
{
    private const int Visitors = 8;
    private const int MostFaults = 25;

    private static int Seed => FromEnvironment("RALLY_FUZZ_SEED") ?? 20261130;

    /// <summary>What a test each sends: one slice, or with RALLY_LONG=1 ten.</summary>
    public static TheoryData<Engine, int> Slices
    {
        get
        {
            var slices = FromEnvironment("RALLY_FUZZ_SLICES") ?? (Environment.GetEnvironmentVariable("RALLY_LONG") == "1" ? 10 : 1);
            var data = new TheoryData<Engine, int>();
            foreach (var engine in TestDatabase.PostgresServer is null ? [Engine.Sqlite] : new[] { Engine.Sqlite, Engine.Postgres })
            {
                for (var slice = 0; slice < slices; slice++)
                    data.Add(engine, slice);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Slices))]
    public async Task Nothing_that_is_sent_breaks_an_endpoint(Engine engine, int slice)
    {
        await using var site = await FuzzSite.StartAsync(engine, Visitors);
        var skeletons = site.Skeletons;
        // PostgreSQL commits over a socket what SQLite commits in the process; the code above the store is the same.
        var requests = engine == Engine.Sqlite ? 100_000 : 30_000;
        var sent = new ConcurrentDictionary<string, int>();
        var statuses = new ConcurrentDictionary<int, int>();
        var faults = new ConcurrentQueue<(string Key, string Text)>();
        var only = FromEnvironment("RALLY_FUZZ_REQUEST");
        await Task.WhenAll(site.Visitors.Select((visitor, first) => Task.Run(async () =>
        {
            using var connection = new WireConnection(site.EndPoint);
            for (var sending = first; sending < requests && faults.Count < 2_000; sending += Visitors)
            {
                var number = only ?? (slice * requests) + sending;
                if (only is not null && sending != only % Visitors)
                    continue;
                var (skeleton, mutation, outcome, request) = Make(skeletons, visitor, number);
                string? fault;
                try
                {
                    var answer = await connection.SendAsync(request);
                    fault = Judge.FaultOf(skeleton, request, outcome, answer);
                    statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
                    // What was let pass may have ended the session.
                    if (answer.Status is > 0 and < 400 && skeleton is { Entry: Entry.Session, HasBody: true })
                        await visitor.SignInAsync();
                }
                catch (OperationCanceledException)
                {
                    fault = "no answer";
                }

                sent.AddOrUpdate(skeleton.Name, 1, (_, count) => count + 1);
                if (fault is not null)
                    faults.Enqueue(($"{skeleton.Name} | {mutation} | {fault[..Math.Min(60, fault.Length)]}", Tell(number, skeleton, mutation, fault, request)));
            }
        })));

        output.WriteLine($"{sent.Values.Sum()} requests to {sent.Count} endpoints of {skeletons.Select(one => one.Name).Distinct().Count()}, at least {sent.Values.Min()} to each; {string.Join(", ", statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value}"))}");
        foreach (var group in faults.GroupBy(fault => fault.Key))
            output.WriteLine($"{group.Count()} x {group.Key}");
        var errors = site.Logs.Lines.Where(line => line.Level >= LogLevel.Error).Select(line => line.Text).Take(10).ToList();
        Assert.True(faults.IsEmpty && errors.Count == 0, string.Join("\n\n", faults.DistinctBy(fault => fault.Key).Take(MostFaults).Select(fault => fault.Text).Concat(errors)));
        if (only is null)
            Assert.Equal(site.Endpoints.Order(), sent.Where(one => one.Value >= 100).Select(one => one.Key).Order());
    }

    /// <summary>One of the numbered requests: an endpoint in turn, and something wrong with it, at times with two.</summary>
    private static (Skeleton Skeleton, string Mutation, Outcome Outcome, WireRequest Request) Make(IReadOnlyList<Skeleton> skeletons, Visitor visitor, int number)
    {
        var random = new Random(unchecked((int)((Seed * 1_000_003L) + number)));
        var skeleton = skeletons[number / Visitors % skeletons.Count];
        var request = WireWriter.Write(skeleton, visitor, random);
        var (name, outcome) = Spoil(Mutation.All, skeleton, request, random);
        if (random.Next(6) != 0)
            return (skeleton, name, outcome, request);
        // Two wrongs may make a right: one can take away what the other has spoilt.
        var (second, other) = Spoil(Mutation.Around, skeleton, request, random);
        return (skeleton, $"{name}, {second}", Outcome.Any with { MayBeBare = outcome.MayBeBare || other.MayBeBare }, request);
    }

    private static (string Name, Outcome Outcome) Spoil(IReadOnlyList<Mutation> from, Skeleton skeleton, WireRequest request, Random random)
    {
        while (true)
        {
            var mutation = Nasty.Pick(random, from);
            if (mutation.Demands(skeleton, request) is not { } outcome)
                continue;
            mutation.Apply(request, random);
            return (mutation.Name, outcome);
        }
    }

    private static string Tell(int number, Skeleton skeleton, string mutation, string fault, WireRequest request)
    {
        var sent = Encoding.Latin1.GetString(request.ToBytes());
        var shown = string.Concat(sent.Take(1_500).Select(one => one is '\n' or (>= ' ' and <= '~') ? $"{one}" : one == '\r' ? "" : $"\\x{(int)one:x2}"));
        return $"{fault}\n  to {skeleton.Name}, {mutation}: RALLY_FUZZ_SEED={Seed} RALLY_FUZZ_REQUEST={number}\n{shown}";
    }

    private static int? FromEnvironment(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
