using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>Whether there are apps, and they may use the network; for other modules, by way of the host.</summary>
public sealed class FindApp
{
    private readonly ClientStore _clients;
    private readonly AppGate _gate;

    internal FindApp(ClientStore clients, AppGate gate) => (_clients, _gate) = (clients, gate);

    /// <returns>Of each app that there is whether it may use the network now.</returns>
    public async Task<IReadOnlyDictionary<string, bool>> MayUseNetworkAsync(IReadOnlyCollection<string> clientIds, CancellationToken stop = default) =>
        (await _clients.StatesAsync(clientIds, stop)).ToDictionary(app => app.Id, app => _gate.IsOpen(app.State));
}
