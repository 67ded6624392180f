using Xunit;

namespace Rally.Auth.Tests;

/// <summary>One server with alice on it, for tests that only ask and change nothing.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal AuthServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await AuthServer.StartAsync();
        await Server.CreateAccountAsync();
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
