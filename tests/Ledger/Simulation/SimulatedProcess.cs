using Rally.Ledger.Journal;
using Rally.Storage.Changes;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>A process that writes to the store: what it knows is gone with it.</summary>
internal sealed class SimulatedProcess : IAsyncDisposable
{
    private readonly JournalStore _journal;
    private readonly BatchCommitter _committer;
    private readonly Random _random;
    private readonly Action<string> _count;
    private IReadOnlyList<LedgerCommand> _next = [];
    private DecidedBatch? _decidedNext;

    /// <param name="store">What it writes to.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="random">The seed's.</param>
    /// <param name="count">Told what has happened.</param>
    public SimulatedProcess(SimulatedStore store, TimeProvider clock, Random random, Action<string> count)
    {
        (_random, _count) = (random, count);
        (Database, _journal) = store.Open(random);
        // Few accounts, so that most are forgotten and read again all the time.
        _committer = new BatchCommitter(Database, _journal, new Outbox(Database, clock, []), new LedgerClock(clock, TimeSpan.MaxValue), cachedAccounts: random.Next(3) switch { 0 => 2, 1 => 8, _ => 1_000 });
    }

    public FaultyDatabase Database { get; }

    /// <summary>Commits operations; where it can be, the next ones are decided while they are on their way to the store.</summary>
    public async Task<IReadOnlyList<string>> CommitAsync(IReadOnlyList<Operation> operations, IReadOnlyList<Operation> next)
    {
        (_next, _decidedNext) = (Commands(next), null);
        var (commands, decided) = (Commands(operations), (DecidedBatch?)null);
        if (!_committer.TryDecide(commands, await PrepareAsync(commands), ref decided))
            return Texts((await _committer.CommitAsync(commands)).Answers);
        var release = Database.HoldNext();
        var writing = _committer.WriteAsync(decided!);
        try
        {
            if (_next.Count > 0)
                _committer.TryDecide(_next, await PrepareAsync(_next), ref _decidedNext);
        }
        finally
        {
            release();
        }

        return await DoneAsync(writing, decided!, commands);
    }

    private async Task<Needs?> PrepareAsync(IReadOnlyList<LedgerCommand> commands)
    {
        var fails = Database.FailsRead = _random.Next(8) == 0;
        var needs = await _committer.PrepareAsync(commands);
        if (needs is { Accounts.Count: > 0 })
            _count("Accounts read beside a write");
        else if (fails && !Database.FailsRead)
            _count("Accounts not read, fault");
        Database.FailsRead = false;
        return needs;
    }

    /// <summary>Commits what was to be next.</summary>
    public async Task<(IReadOnlyList<string> Answers, string How)> CommitNextAsync()
    {
        if (_decidedNext is null)
            return (Texts((await _committer.CommitAsync(_next)).Answers), "Next, after a look");
        if (!_committer.Holds(_decidedNext))
            return (Texts((await _committer.CommitAsync(_next)).Answers), "Next, decided again");
        return (await DoneAsync(_committer.WriteAsync(_decidedNext), _decidedNext, _next), "Next, decided before");
    }

    private async Task<IReadOnlyList<string>> DoneAsync(Task writing, DecidedBatch decided, IReadOnlyList<LedgerCommand> commands)
    {
        try
        {
            await writing;
            return Texts(decided.Answers);
        }
        catch (LogMovedException)
        {
            _count("Decided, and another process wrote");
            return Texts((await _committer.CommitAsync(commands)).Answers);
        }
    }

    public async ValueTask DisposeAsync()
    {
        (_journal as IDisposable)?.Dispose();
        await Database.DisposeAsync();
    }

    private static List<LedgerCommand> Commands(IReadOnlyList<Operation> operations) => [.. operations.Select(operation => operation.ToCommand())];

    private static IReadOnlyList<string> Texts(IEnumerable<PostResult> answers) => [.. answers.Select(Answer.Text)];
}
