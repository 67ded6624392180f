namespace Rally.Webhooks.Streams;

/// <summary>
/// Which access tokens still work, as whoever issued them knows: streams that were opened with others are ended. The host registers
/// one; without it, each works until the end that it had when the stream was opened.
/// </summary>
public interface IStreamTokens
{
    /// <summary>Looks some up.</summary>
    /// <param name="ids">The claims <c>jti</c> of those who opened streams, each once; thousands at times.</param>
    /// <param name="stop">Ends the search.</param>
    /// <returns>Those that work now.</returns>
    Task<IReadOnlySet<string>> WorkingAsync(IReadOnlyCollection<string> ids, CancellationToken stop);
}

/// <summary>Where nobody can revoke any.</summary>
internal sealed class EveryToken : IStreamTokens
{
    public Task<IReadOnlySet<string>> WorkingAsync(IReadOnlyCollection<string> ids, CancellationToken stop) =>
        Task.FromResult<IReadOnlySet<string>>(ids.ToHashSet());
}
