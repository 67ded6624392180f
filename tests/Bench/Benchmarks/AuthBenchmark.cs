using Rally.Bench.Tokens;
using Rally.Testing;

namespace Rally.Bench.Benchmarks;

/// <summary>
/// The token and introspection endpoints under 64 connections beside oidc-provider, each a process of its own on this machine,
/// asked in turns. Ours is the whole program: every token is durable on SQLite (<c>synchronous=FULL</c>) before it is answered.
/// oidc-provider keeps its tokens in memory, which is its default and favours it; it runs JavaScript on one processor, ours uses
/// all. And what a password costs.
/// </summary>
internal static class AuthBenchmark
{
    private static readonly (string Kind, string Title)[] Grants =
        [("client_credentials", "client credentials"), ("refresh_token", "refresh token rotation")];

    public static async Task RunAsync(bool quick)
    {
        var (rounds, duration) = quick ? (2, TimeSpan.FromSeconds(2)) : (5, TimeSpan.FromSeconds(3));
        using var folder = new TemporaryFolder();
        using (var ours = await RallyProgram.StartAsync(folder.Path))
        using (var theirs = await OidcProvider.StartAsync())
        {
            foreach (var (kind, title) in Grants)
                await CompareAsync(ours, theirs, kind, title, rounds, duration);
            await CompareAsync(ours, theirs, "introspect", "introspection", rounds, duration);
        }

        PasswordCost.Print();
    }

    private static async Task CompareAsync(TokenServer ours, TokenServer theirs, string kind, string title, int rounds, TimeSpan duration)
    {
        var (our, their) = (new Side(ours, kind), new Side(theirs, kind));
        for (var round = -2; round < rounds; round++)
        {
            // The rounds before the first warm both up and do not count.
            foreach (var side in round % 2 == 0 ? new[] { our, their } : [their, our])
                await side.RunAsync(duration, counts: round >= 0);
        }

        var peer = "oidc-provider 9.13.3 (in memory)";
        our.Print($"{title}, ours (durable on SQLite)");
        their.Print($"{title}, {peer}");
        if (kind == "introspect")
            Measure.Value(our.Rate / their.Rate, "x", $"{title}, requests/s of ours against {peer}'s");
        else
            Measure.Ratio(our.Rate / their.Rate, 3.00, $"{title}, requests/s of ours on SQLite against {peer}'s, {Wrk.Connections} connections");
    }
}
