namespace Rally.Webhooks.Approvals;

/// <summary>What people are called, as whoever keeps the accounts knows. The host registers one; without it, nobody has a name.</summary>
public interface IUserNames
{
    /// <returns>The present user name; null for an account without one.</returns>
    Task<string?> FindAsync(Guid rallyId, CancellationToken stop);
}

/// <summary>Where nobody keeps accounts.</summary>
internal sealed class NoUserNames : IUserNames
{
    public Task<string?> FindAsync(Guid rallyId, CancellationToken stop) => Task.FromResult<string?>(null);
}
