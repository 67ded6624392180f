using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rally.Ledger.Journal;

/// <summary>
/// The only writer of the ledger in this process. Callers queue commands and await; it commits what is queued in one
/// durable transaction and then answers. While one transaction is written, the next is decided where that can be.
/// </summary>
internal sealed class LedgerWriter : IHostedService, IAsyncDisposable
{
    private readonly BatchCommitter _committer;
    private readonly CommitSignal _committed;
    private readonly ILogger<LedgerWriter> _log;
    private readonly int _largestBatch;
    private readonly Channel<Submission> _queue;
    private readonly Task _writing;
    private Task<bool>? _queued; // only by the task that writes: a wait for commands that goes on

    public LedgerWriter(BatchCommitter committer, CommitSignal committed, IOptions<LedgerOptions> options, ILogger<LedgerWriter> log)
    {
        (_committer, _committed, _log) = (committer, committed, log);
        _largestBatch = options.Value.LargestBatch;
        _queue = Channel.CreateBounded<Submission>(
            new BoundedChannelOptions(options.Value.QueueCapacity) { SingleReader = true });
        // Not in StartAsync: a hosted service started before this one may already post.
        _writing = Task.Run(WriteQueuedAsync);
    }

    /// <summary>Whether commands wait: followers of the log leave the store to them meanwhile.</summary>
    public bool IsBusy => _queue.Reader.Count > 0;

    /// <summary>Does a command, whole or not at all; returns when that is durable, or refused.</summary>
    /// <param name="command">At most a batch's worth of entries.</param>
    /// <param name="stop">Ends the waiting. What is queued may still be done: the same ids again tell.</param>
    /// <exception cref="LedgerStoppedException">Shutting down; nothing was done.</exception>
    /// <exception cref="System.Data.Common.DbException">The store failed. Whether it was done, the same ids again tell.</exception>
    public async Task<PostResult> SubmitAsync(LedgerCommand command, CancellationToken stop) =>
        (await SubmitAsync([command], stop).ConfigureAwait(false))[0];

    /// <summary>Does commands in this order, in one commit; each is refused on its own.</summary>
    /// <inheritdoc cref="SubmitAsync(LedgerCommand, CancellationToken)"/>
    public async Task<IReadOnlyList<PostResult>> SubmitAsync(IReadOnlyList<LedgerCommand> commands, CancellationToken stop)
    {
        if (commands.Count == 0)
            return [];
        var submission = new Submission(commands);
        if (submission.MostEntries > _largestBatch)
            throw new ArgumentException($"What is submitted at once may make {_largestBatch} entries, not {submission.MostEntries}.", nameof(commands));
        try
        {
            await _queue.Writer.WriteAsync(submission, stop).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new LedgerStoppedException();
        }

        return await submission.Answers.WaitAsync(stop).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Refuses new commands and commits those already queued.</summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return _writing.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task WriteQueuedAsync()
    {
        var writing = Task.FromResult<List<Submission>>([]);
        while (true)
        {
            var round = new Round(_committer, _largestBatch);
            // What comes while a round is written is decided meanwhile.
            while (!round.IsFull && await IsQueuedBeforeAsync(writing).ConfigureAwait(false))
                await round.TakeAsync(_queue.Reader).ConfigureAwait(false);
            await CommitAsync(await writing.ConfigureAwait(false)).ConfigureAwait(false);
            if (round.IsEmpty && !await IsQueuedAsync().ConfigureAwait(false))
                return;
            await round.TakeAsync(_queue.Reader).ConfigureAwait(false);
            writing = round.Decided is { } decided
                ? AnswerAsync(round.Submissions, async () => ([.. decided.Answers], await _committer.WriteAsync(decided).ConfigureAwait(false)))
                : Task.FromResult<List<Submission>>([]);
            if (round.Undecided.Count == 0)
                continue;
            await CommitAsync(await writing.ConfigureAwait(false)).ConfigureAwait(false);
            await CommitAsync(round.Undecided).ConfigureAwait(false);
            writing = Task.FromResult<List<Submission>>([]);
        }
    }

    /// <summary>Waits for commands.</summary>
    /// <returns>False when none will come any more.</returns>
    private async Task<bool> IsQueuedAsync()
    {
        _queued ??= _queue.Reader.WaitToReadAsync().AsTask();
        if (!await _queued.ConfigureAwait(false))
            return false;
        _queued = null;
        return true;
    }

    /// <summary>Waits for commands as long as something is being written.</summary>
    private async Task<bool> IsQueuedBeforeAsync(Task writing)
    {
        _queued ??= _queue.Reader.WaitToReadAsync().AsTask();
        await Task.WhenAny(writing, _queued).ConfigureAwait(false);
        return !writing.IsCompleted && await IsQueuedAsync().ConfigureAwait(false);
    }

    /// <summary>Decides and writes all in one batch; should one of them have a defect, each alone, for the others have nothing to do with it.</summary>
    private async Task CommitAsync(List<Submission> submissions)
    {
        if (submissions.Count == 0)
            return;
        var commands = submissions.SelectMany(submission => submission.Commands).ToList();
        foreach (var submission in await AnswerAsync(submissions, () => _committer.CommitAsync(commands)).ConfigureAwait(false))
            await AnswerAsync([submission], () => _committer.CommitAsync(submission.Commands)).ConfigureAwait(false);
    }

    /// <returns>Those that are not answered yet, for what was decided does not count.</returns>
    private async Task<List<Submission>> AnswerAsync(
        List<Submission> submissions, Func<Task<(PostResult[] Answers, bool HasGrown)>> write)
    {
        PostResult[] answers;
        bool hasGrown;
        try
        {
            (answers, hasGrown) = await write().ConfigureAwait(false);
        }
        catch (Exception undecided) when (undecided is LogMovedException || (undecided is CommandFailedException && submissions.Count > 1))
        {
            return submissions;
        }
        catch (Exception failure)
        {
            // The writer outlives any failure; those who wait decide what to do about it.
            _log.LogError(failure, "{Submissions} submissions to the ledger were not committed", submissions.Count);
            foreach (var submission in submissions)
                submission.Fail(failure);
            return [];
        }

        if (hasGrown)
            _committed.Raise();
        var first = 0;
        foreach (var submission in submissions)
        {
            submission.Complete(new ArraySegment<PostResult>(answers, first, submission.Commands.Count));
            first += submission.Commands.Count;
        }

        return [];
    }
}
