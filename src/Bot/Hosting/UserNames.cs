using Rally.Auth.Accounts;
using Rally.Webhooks.Approvals;

namespace Rally.Bot.Hosting;

/// <summary>What people are called in this network, for events that may say so.</summary>
internal sealed class UserNames(FindAccount accounts) : IUserNames
{
    public Task<string?> FindAsync(Guid rallyId, CancellationToken stop) => accounts.ExecuteAsync(rallyId, stop);
}
