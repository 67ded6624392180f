using Microsoft.Extensions.Hosting;

namespace Rally.Ledger.Followers;

/// <summary>Runs all followers of the log while the host runs.</summary>
internal sealed class RunFollowers(IEnumerable<LogFollower> followers) : BackgroundService
{
    // On threads of the pool: SQLite's calls do not return until they are done.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(followers.Select(follower => Task.Run(() => follower.RunAsync(stoppingToken), stoppingToken)));
}
