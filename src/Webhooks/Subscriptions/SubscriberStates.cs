namespace Rally.Webhooks.Subscriptions;

/// <summary>
/// Asks about clients for any number of endpoints: whoever asks while a question is under way shares the next one. So an answer is
/// never older than the call, and a crowd of endpoints costs one question at a time.
/// </summary>
internal sealed class SubscriberStates(ISubscribers subscribers) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Round? _gathering;

    public async ValueTask<SubscriberState> FindAsync(string clientId, CancellationToken stop)
    {
        if (subscribers is EverySubscriber)
            return SubscriberState.Active;
        Round round;
        var isFirst = false;
        lock (_gate)
        {
            isFirst = _gathering is null;
            round = _gathering ??= new();
            round.Clients.Add(clientId);
        }

        if (isFirst)
            _ = AskAsync(round);
        return (await round.Answers.Task.WaitAsync(stop))[clientId];
    }

    public void Dispose() => _turn.Dispose();

    // Ends with its answer alone: those who wait for it are of several pumps, and each may stop waiting.
    private async Task AskAsync(Round round)
    {
        try
        {
            await _turn.WaitAsync();
            try
            {
                lock (_gate)
                    _gathering = null;
                round.Answers.SetResult(await subscribers.FindAsync(round.Clients, CancellationToken.None));
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (Exception outage)
        {
            round.Answers.TrySetException(outage);
        }
    }

    private sealed class Round
    {
        public HashSet<string> Clients { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource<IReadOnlyDictionary<string, SubscriberState>> Answers { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
