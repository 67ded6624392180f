using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Storage;

namespace Rally.Ledger.Journal;

/// <summary>
/// The only writer of the ledger in this process. Callers queue commands and await; it commits what is queued in one
/// durable transaction and then answers. Writers of several processes take turns through the store's lock, and none
/// keeps balances from one batch to the next, so there is nothing to fall out of step.
/// </summary>
internal sealed class LedgerWriter : IHostedService, IAsyncDisposable
{
    private readonly Database _database;
    private readonly JournalStore _journal;
    private readonly CommitSignal _committed;
    private readonly TimeProvider _time;
    private readonly ILogger<LedgerWriter> _log;
    private readonly int _largestBatch;
    private readonly Channel<LedgerCommand> _queue;
    private readonly Task _writing;

    public LedgerWriter(
        Database database,
        JournalStore journal,
        CommitSignal committed,
        TimeProvider time,
        IOptions<LedgerOptions> options,
        ILogger<LedgerWriter> log)
    {
        (_database, _journal, _committed, _time, _log) = (database, journal, committed, time, log);
        _largestBatch = options.Value.LargestBatch;
        _queue = Channel.CreateBounded<LedgerCommand>(
            new BoundedChannelOptions(options.Value.QueueCapacity) { SingleReader = true });
        // Not in StartAsync: a hosted service started before this one may already post.
        _writing = Task.Run(WriteQueuedAsync);
    }

    /// <summary>Posts orders together or not at all; returns when they are durable, or refused.</summary>
    /// <param name="orders">At least one, at most a batch's worth, each with an id of its own.</param>
    /// <param name="stop">Ends the waiting. What is queued may still be posted: the same ids again tell.</param>
    /// <exception cref="LedgerStoppedException">Shutting down; nothing was posted.</exception>
    /// <exception cref="System.Data.Common.DbException">The store failed. Whether it was posted, the same ids again tell.</exception>
    public Task<PostResult> PostAsync(IReadOnlyList<TransferOrder> orders, CancellationToken stop)
    {
        if (orders.Count == 0 || orders.Count > _largestBatch)
            throw new ArgumentException($"Linked transfers are 1 to {_largestBatch}, not {orders.Count}.", nameof(orders));
        if (orders.DistinctBy(order => order.Id).Count() != orders.Count)
            throw new ArgumentException("Linked transfers have an id each.", nameof(orders));
        return EnqueueAsync(new LedgerCommand(orders), stop);
    }

    /// <summary>Makes a coin and posts the order that issues its supply, together or not at all.</summary>
    public Task<PostResult> LaunchAsync(CoinLaunch launch, TransferOrder issue, CancellationToken stop) =>
        EnqueueAsync(new LedgerCommand([issue], launch), stop);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Refuses new commands and commits those already queued.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return _writing.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task<PostResult> EnqueueAsync(LedgerCommand command, CancellationToken stop)
    {
        try
        {
            await _queue.Writer.WriteAsync(command, stop).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new LedgerStoppedException();
        }

        return await command.Answer.WaitAsync(stop).ConfigureAwait(false);
    }

    private async Task WriteQueuedAsync()
    {
        var commands = new List<LedgerCommand>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            TakeQueued(commands);
            await CommitAsync(commands).ConfigureAwait(false);
            commands.Clear();
        }
    }

    private void TakeQueued(List<LedgerCommand> commands)
    {
        var room = _largestBatch;
        while (_queue.Reader.TryPeek(out var next) && next.Orders.Count <= room && _queue.Reader.TryRead(out var command))
        {
            room -= command.Orders.Count;
            commands.Add(command);
        }
    }

    private async Task CommitAsync(List<LedgerCommand> commands)
    {
        PostResult[] answers;
        bool grown;
        try
        {
            (answers, grown) = await _database.WriteAsync(async transaction =>
            {
                await _database.SerializeAsync(transaction, "ledger.writer").ConfigureAwait(false);
                var batch = new Batch(await _journal.LoadAsync(transaction, commands).ConfigureAwait(false), _time.GetUtcNow());
                PostResult[] results = [.. commands.Select(batch.Apply)];
                batch.AssertLaws();
                if (batch.Entries.Count > 0)
                    await _journal.SaveAsync(transaction, batch).ConfigureAwait(false);
                return (results, batch.Entries.Count > 0);
            }).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // The writer outlives any failure; those who wait decide what to do about it.
            _log.LogError(failure, "A batch of {Commands} ledger commands was not committed", commands.Count);
            commands.ForEach(command => command.Fail(failure));
            return;
        }

        if (grown)
            _committed.Raise();
        for (var i = 0; i < answers.Length; i++)
            commands[i].Complete(answers[i]);
    }
}
