namespace Rally.Webhooks.Approvals;

/// <summary>
/// Which clients may know what an account is linked with, as whoever keeps consents knows. The host registers one; without it, none may.
/// </summary>
public interface ILinkReaders
{
    /// <summary>Whether a client may know it now.</summary>
    Task<bool> MayReadAsync(string clientId, Guid account, CancellationToken stop);
}

/// <summary>Where nobody keeps consents.</summary>
internal sealed class NoLinkReaders : ILinkReaders
{
    public Task<bool> MayReadAsync(string clientId, Guid account, CancellationToken stop) => Task.FromResult(false);
}
