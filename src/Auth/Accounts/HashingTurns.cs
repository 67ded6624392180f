namespace Rally.Auth.Accounts;

/// <summary>
/// Lets at most half the processors hash passwords at once, so that strangers who guess, or sign up, cannot take the
/// machine from everybody else; the rest stand in line.
/// </summary>
internal sealed class HashingTurns : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    public async Task<T> RunAsync<T>(Func<T> hash, CancellationToken stop)
    {
        await _turns.WaitAsync(stop);
        try
        {
            return hash();
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();
}
