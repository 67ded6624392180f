using Rally.Storage;

namespace Rally.Ledger.Journal;

/// <summary>
/// Applies commands and commits what they did in one durable transaction. Writers of several processes take turns through
/// the store's lock; one that finds the log longer than it left it forgets what it knew. One caller at a time.
/// </summary>
internal sealed class BatchCommitter(Database database, JournalStore journal, TimeProvider time, int cachedAccounts)
{
    private LedgerState? _state;

    /// <summary>Answers for each command, in order, once they are durable.</summary>
    /// <exception cref="System.Data.Common.DbException">The store failed. Whether it was committed, the same ids again tell.</exception>
    public async Task<(PostResult[] Answers, bool HasGrown)> CommitAsync(IReadOnlyList<LedgerCommand> commands)
    {
        try
        {
            var (batch, answers) = await database.WriteAsync(async transaction =>
            {
                await database.SerializeAsync(transaction, "ledger.writer").ConfigureAwait(false);
                var state = _state;
                if (state is null || (journal.IsShared && await JournalStore.ReadEndsAsync(transaction).ConfigureAwait(false) != state.Ends))
                    _state = state = await JournalStore.LoadStateAsync(transaction, cachedAccounts).ConfigureAwait(false);
                return await ApplyAsync(transaction, state, commands).ConfigureAwait(false);
            }).ConfigureAwait(false);
            batch.Accept();
            return (answers, batch.Entries.Count > 0);
        }
        catch
        {
            // What was applied in memory may or may not be in the store.
            _state = null;
            throw;
        }
    }

    private async Task<(Batch Batch, PostResult[] Answers)> ApplyAsync(
        System.Data.Common.DbTransaction transaction, LedgerState state, IReadOnlyList<LedgerCommand> commands)
    {
        var needs = new Needs(state);
        foreach (var command in commands)
            command.Name(needs);
        var batch = new Batch(state, await journal.LoadAsync(transaction, needs, state).ConfigureAwait(false), time.GetUtcNow(), commands.Count);
        var answers = new PostResult[commands.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = commands[i].Apply(batch);
        batch.NumberAccounts();
        batch.AssertLaws();
        if (batch.HasChanges)
            await journal.SaveAsync(transaction, batch).ConfigureAwait(false);
        return (batch, answers);
    }
}
