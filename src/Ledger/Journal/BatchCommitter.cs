using System.Data.Common;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Storage.Changes;

namespace Rally.Ledger.Journal;

/// <summary>
/// Applies commands and commits what they did in one durable transaction. Writers of several processes take turns through
/// the store's lock; one that finds the log longer than it left it forgets what it knew. One caller at a time; only deciding
/// may go on beside a write.
/// </summary>
internal sealed class BatchCommitter(Database database, JournalStore journal, Outbox outbox, LedgerClock clock, int cachedAccounts)
{
    private LedgerState? _state;
    private bool _isPrepared; // and nothing has failed since

    /// <summary>Decides commands and writes what they did.</summary>
    /// <returns>Answers for each command, in order, once they are durable; and whether the log has grown.</returns>
    /// <exception cref="DbException">The store failed. Whether it was committed, the same ids again tell.</exception>
    /// <exception cref="LedgerClockException">The clock is not to be trusted; nothing was committed.</exception>
    /// <exception cref="CommandFailedException">A command, whichever, has a defect; nothing was committed.</exception>
    public Task<(PostResult[] Answers, bool HasGrown)> CommitAsync(IReadOnlyList<LedgerCommand> commands) =>
        OrForgetAsync(async transaction =>
        {
            var (state, serverTime) = await StateAsync(transaction).ConfigureAwait(false);
            var now = clock.Read(state.Ends.LastPostedAt, serverTime);
            var needs = NeedsOf(commands, state);
            var batch = new Batch(state, await journal.LoadAsync(transaction, needs, state).ConfigureAwait(false), now, commands.Count);
            var answers = Decide(commands, batch);
            await SaveAsync(transaction, batch).ConfigureAwait(false);
            return (answers, batch.Entries.Count > 0);
        });

    /// <summary>
    /// Reads the accounts that commands will look at and the writer does not know, while the batch before may still be on its
    /// way to the store: that one has none of them, for it keeps the accounts it changes until the next is closed.
    /// </summary>
    /// <returns>What they need, for <see cref="TryDecide"/>; null when it is not to be had beside a write.</returns>
    public async ValueTask<Needs?> PrepareAsync(IReadOnlyList<LedgerCommand> commands)
    {
        if (_state is not { } state)
            return null;
        try
        {
            var needs = NeedsOf(commands, state);
            if (!needs.AreAccounts)
                return null;
            if (needs.Accounts.Count == 0)
                return needs;
            var found = await database.ReadAsync(connection => journal.ReadAccountsAsync(connection, needs.Accounts)).ConfigureAwait(false);
            foreach (var account in found)
                state.Accounts.Add(account);
            return needs;
        }
        catch
        {
            // If it fails again in the transaction that is to write them, their callers hear of it.
            return null;
        }
    }

    /// <summary>
    /// Decides commands in memory, while the batch before them may still be on its way to the store. Where other processes write
    /// too, whether any did is seen when this batch is written.
    /// </summary>
    /// <param name="commands">To decide, in order.</param>
    /// <param name="needs">What <see cref="PrepareAsync"/> gave for them.</param>
    /// <param name="decided">What was decided since the last write began; null for nothing. These are added to it.</param>
    /// <returns>False when the store must be asked first; nothing is added then.</returns>
    public bool TryDecide(IReadOnlyList<LedgerCommand> commands, Needs? needs, ref DecidedBatch? decided)
    {
        if (_state is not { } state || needs?.State != state || (decided is not null && decided.State != state))
            return false;
        try
        {
            var onto = decided ?? new DecidedBatch(state, new Batch(state, Found.Nothing, clock.Read(state.Ends.LastPostedAt), commands.Count));
            onto.Batch.Found(needs.Accounts);
            for (var i = 0; i < commands.Count; i++)
                onto.Answers.Add(commands[i].Apply(onto.Batch));
            decided = onto;
            return true;
        }
        catch
        {
            // It stopped half-way. Decided again together with the store, it comes to the same, and its callers hear of it.
            _state = null;
            return false;
        }
    }

    /// <summary>Whether what was decided may be written: the batch before it was.</summary>
    public bool Holds(DecidedBatch decided) => decided.State == _state;

    /// <summary>Adds no more to what was decided. It may be done while the batch before is on its way to the store.</summary>
    /// <returns>False when it has a defect; nothing of it counts then.</returns>
    public bool TryClose(DecidedBatch decided)
    {
        try
        {
            decided.Batch.Close();
            journal.Stage(decided.Batch);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Decided again together with the store, it comes to the same, and its callers hear of it.
            _state = null;
            return false;
        }
    }

    /// <summary>Writes what was decided, when the batch before it is written. Once this returns, the next may be decided.</summary>
    /// <returns>Whether the log has grown.</returns>
    /// <exception cref="LogMovedException">Another process was quicker; nothing was written.</exception>
    /// <inheritdoc cref="CommitAsync"/>
    public Task<bool> WriteAsync(DecidedBatch decided)
    {
        var batch = decided.Batch;
        try
        {
            if (!batch.IsClosed)
                batch.Close();
        }
        catch (InvalidOperationException broken)
        {
            _state = null;
            throw new CommandFailedException(broken);
        }

        // Refusals too are only as right as what they were decided on, which another process may have changed.
        if (!batch.HasChanges && !journal.IsShared)
            return Task.FromResult(false);
        // On another thread, for SQLite writes synchronously, and the caller has the next batch to decide.
        return Task.Run(() => OrForgetAsync(async transaction =>
        {
            if (await HasMovedAsync(transaction, batch.Before).ConfigureAwait(false))
                throw new LogMovedException();
            await SaveAsync(transaction, batch).ConfigureAwait(false);
            return batch.Entries.Count > 0;
        }));
    }

    private static PostResult[] Decide(IReadOnlyList<LedgerCommand> commands, Batch batch)
    {
        try
        {
            var answers = new PostResult[commands.Count];
            for (var i = 0; i < answers.Length; i++)
                answers[i] = commands[i].Apply(batch);
            batch.Close();
            return answers;
        }
        catch (Exception defect)
        {
            throw new CommandFailedException(defect);
        }
    }

    private async Task<(LedgerState State, DateTimeOffset? ServerTime)> StateAsync(DbTransaction transaction)
    {
        if (_state is { } known && !await HasMovedAsync(transaction, known.Ends).ConfigureAwait(false))
            return (known, null);
        if (!_isPrepared)
            await journal.PrepareAsync(transaction).ConfigureAwait(false);
        _isPrepared = true;
        var loaded = await JournalStore.LoadStateAsync(transaction, cachedAccounts).ConfigureAwait(false);
        _state = loaded;
        return (loaded, clock.IsReal ? await journal.ServerTimeAsync(transaction).ConfigureAwait(false) : null);
    }

    /// <summary>Whether another process has written since this one knew the log to end so.</summary>
    private async Task<bool> HasMovedAsync(DbTransaction transaction, JournalEnds ends) =>
        journal.IsShared && await JournalStore.ReadEndsAsync(transaction).ConfigureAwait(false) != ends;

    private static Needs NeedsOf(IReadOnlyList<LedgerCommand> commands, LedgerState state)
    {
        var needs = new Needs(state);
        for (var i = 0; i < commands.Count; i++)
            commands[i].Name(needs);
        return needs;
    }

    private async Task SaveAsync(DbTransaction transaction, Batch batch)
    {
        await journal.SaveAsync(transaction, batch).ConfigureAwait(false);
        foreach (var (after, change) in batch.StatusChanges)
            await outbox.AppendAfterAsync(transaction, after, CoinStatusChanged.Type, change.Coin, change, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<T> OrForgetAsync<T>(Func<DbTransaction, Task<T>> work)
    {
        try
        {
            return await database.WriteAsync(async transaction =>
            {
                await database.SerializeAsync(transaction, "ledger.writer").ConfigureAwait(false);
                return await work(transaction).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch
        {
            // What was applied in memory may or may not be in the store.
            _state = null;
            _isPrepared = false;
            throw;
        }
    }
}
