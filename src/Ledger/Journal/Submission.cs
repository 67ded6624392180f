namespace Rally.Ledger.Journal;

/// <summary>What a caller waits for: commands that are answered together, each refused or done on its own.</summary>
internal sealed class Submission(IReadOnlyList<LedgerCommand> commands)
{
    // Callers go on elsewhere: the writer must not run their code between two batches.
    private readonly TaskCompletionSource<IReadOnlyList<PostResult>> _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<LedgerCommand> Commands => commands;

    /// <summary>How many entries they may make together.</summary>
    public int MostEntries { get; } = MostEntriesOf(commands);

    public Task<IReadOnlyList<PostResult>> Answers => _answers.Task;

    public void Complete(IReadOnlyList<PostResult> answers) => _answers.SetResult(answers);

    public void Fail(Exception failure) => _answers.SetException(failure);

    private static int MostEntriesOf(IReadOnlyList<LedgerCommand> commands)
    {
        var most = 0;
        for (var i = 0; i < commands.Count; i++)
            most += Math.Max(1, commands[i].MostEntries);
        return most;
    }
}
