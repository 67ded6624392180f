using Microsoft.Extensions.Hosting;

namespace Rally.Sandbox;

/// <summary>The sandbox ends when its owner disposes it; signals of the process are the owner's to hear.</summary>
internal sealed class OwnersLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
