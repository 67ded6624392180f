using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>Whether there is an app, and it may use the network; for other modules, by way of the host.</summary>
public sealed class FindApp
{
    private readonly ClientStore _clients;
    private readonly AppGate _gate;

    internal FindApp(ClientStore clients, AppGate gate) => (_clients, _gate) = (clients, gate);

    /// <returns>Whether it may use the network now; null when there is no such app.</returns>
    public async Task<bool?> MayUseNetworkAsync(string clientId, CancellationToken stop = default) =>
        await _clients.FindAsync(clientId, stop) is { } app ? _gate.FaultOf(app) is null : null;
}
