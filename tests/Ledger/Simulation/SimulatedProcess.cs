using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>A process that writes to the store: what it knows is gone with it.</summary>
internal sealed class SimulatedProcess : IAsyncDisposable
{
    private readonly JournalStore _journal;
    private readonly BatchCommitter _committer;

    public SimulatedProcess(SimulatedStore store, TimeProvider clock, Random random)
    {
        (Database, _journal) = store.Open(random);
        // Few accounts, so that most are forgotten and read again all the time.
        _committer = new BatchCommitter(Database, _journal, clock, cachedAccounts: random.Next(3) switch { 0 => 2, 1 => 8, _ => 1_000 });
    }

    public FaultyDatabase Database { get; }

    public async Task<IReadOnlyList<string>> CommitAsync(IReadOnlyList<Operation> operations)
    {
        var (answers, _) = await _committer.CommitAsync([.. operations.Select(operation => operation.ToCommand())]);
        return [.. answers.Select(Answer.Text)];
    }

    public async ValueTask DisposeAsync()
    {
        (_journal as IDisposable)?.Dispose();
        await Database.DisposeAsync();
    }
}
