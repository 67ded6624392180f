using System.Threading.Channels;

namespace Rally.Ledger.Journal;

/// <summary>
/// What the writer takes from its queue at one time. As much of it as can be is decided while the round before is being
/// written; from the first submission on that needs more of the store than accounts, the rest waits for its turn there.
/// </summary>
/// <param name="committer">Decides.</param>
/// <param name="largest">How many entries it may make.</param>
internal sealed class Round(BatchCommitter committer, int largest)
{
    // The accounts of so many are in the processor's cache still when they are decided, having been looked up.
    private const int AtOnce = 500;

    // With less than an eighth of its room left, it waits for no more.
    private readonly int _leastRoom = largest / 8;
    private int _room = largest;
    private bool _isTooMuchNext;
    private DecidedBatch? _decided;
    private List<Submission> _submissions = [];

    /// <summary>What <see cref="Submissions"/> came to; null when there is none.</summary>
    public DecidedBatch? Decided => _decided;

    /// <summary>Those decided.</summary>
    public List<Submission> Submissions => _submissions;

    /// <summary>Those behind them.</summary>
    public List<Submission> Undecided { get; private set; } = [];

    public bool IsEmpty => _submissions.Count == 0 && Undecided.Count == 0;

    /// <summary>Whether it takes no more before the round before is written: it is full, or has to look at the store first.</summary>
    public bool IsFull => _room < _leastRoom || _isTooMuchNext || Undecided.Count > 0;

    /// <summary>Takes what is queued, as far as there is room, and decides what can be.</summary>
    public async ValueTask TakeAsync(ChannelReader<Submission> queue)
    {
        if (_decided is not null && !committer.Holds(_decided))
            Undecide();
        if (_decided is { Batch.IsClosed: true })
            return;
        while (await TakeSomeAsync(queue).ConfigureAwait(false))
        {
        }

        _isTooMuchNext = queue.TryPeek(out _);
        // What closing takes is done beside the write before as well.
        if (IsFull && _decided is { } full && committer.Holds(full) && !committer.TryClose(full))
            Undecide();
    }

    /// <returns>Whether there may be more to take.</returns>
    private async ValueTask<bool> TakeSomeAsync(ChannelReader<Submission> queue)
    {
        var (taken, commands) = (new List<Submission>(), new List<LedgerCommand>());
        while (commands.Count < AtOnce && queue.TryPeek(out var next) && next.MostEntries <= _room && queue.TryRead(out var submission))
        {
            _room -= submission.MostEntries;
            taken.Add(submission);
            commands.AddRange(submission.Commands);
        }

        var isDecided = Undecided.Count == 0 && commands.Count > 0
            && committer.TryDecide(commands, await committer.PrepareAsync(commands).ConfigureAwait(false), ref _decided);
        (isDecided ? _submissions : Undecided).AddRange(taken);
        return commands.Count >= AtOnce;
    }

    /// <summary>The write before has failed, and with it what was decided on top of it.</summary>
    private void Undecide()
    {
        (Undecided, _submissions, _decided) = ([.. _submissions, .. Undecided], [], null);
    }
}
