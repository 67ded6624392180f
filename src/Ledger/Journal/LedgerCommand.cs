using Rally.Ledger.Coins;

namespace Rally.Ledger.Journal;

/// <summary>What a caller waits for: linked orders, posted together or not at all, and the coin launched with them, if any.</summary>
internal sealed class LedgerCommand(IReadOnlyList<TransferOrder> orders, CoinLaunch? launch = null)
{
    // Callers go on elsewhere: the writer must not run their code between two batches.
    private readonly TaskCompletionSource<PostResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<TransferOrder> Orders => orders;

    public CoinLaunch? Launch => launch;

    public Task<PostResult> Answer => _answer.Task;

    public void Complete(PostResult result) => _answer.SetResult(result);

    public void Fail(Exception failure) => _answer.SetException(failure);
}
