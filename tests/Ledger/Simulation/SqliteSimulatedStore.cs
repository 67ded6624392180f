using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;
using Rally.Storage.Migrations;
using Xunit;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>
/// A SQLite file. A crash copies the file and its write-ahead log at that moment to a new folder; when it is the machine that
/// crashes, what the log has got since the last acknowledged commit is cut off somewhere, or damaged.
/// </summary>
internal sealed class SqliteSimulatedStore : SimulatedStore
{
    private const string Name = "rally.db";

    private readonly string _root = RootFolder();
    private readonly string _template;
    private string _folder = "";
    private string _crashed = "";
    private int _folders;
    private (WriteAheadLog Log, bool Flips, bool KeepsIndex, Random Random)? _tear;

    private SqliteSimulatedStore() => _template = Path.Combine(_root, "template.db");

    public override IReadOnlyList<Fault> Faults =>
        [Fault.BeforeTransaction, Fault.InTransaction, Fault.AtStatement, Fault.BeforeCommit, Fault.AfterCommit, Fault.TornCommit];

    public override int Processes => 1;

    public static async Task<SqliteSimulatedStore> CreateAsync()
    {
        var store = new SqliteSimulatedStore();
        await using var services = new ServiceCollection().AddLogging().AddStorage($"sqlite:{store._template}").AddLedger().BuildServiceProvider();
        await services.GetRequiredService<Migrator>().RunAsync();
        return store;
    }

    public override Task ResetAsync()
    {
        if (_folder.Length > 0)
            Directory.Delete(_folder, recursive: true);
        _folder = NewFolder();
        File.Copy(_template, Path.Combine(_folder, Name));
        return Task.CompletedTask;
    }

    public override (FaultyDatabase Database, JournalStore Journal) Open(Random random)
    {
        var statements = new StatementFaults.OfSqlite
        {
            CheckpointAt = random.Next(3) == 0 ? random.Next(1, 60) : 1_000,
            SpillsCache = random.Next(3) == 0,
        };
        return (new FaultyDatabase(Database.Open($"sqlite:{Path.Combine(_folder, Name)}"), statements), new SqliteJournal(mostRecentBalances: 5));
    }

    public override void BeforeCrash(Random random, Fault fault) => _tear = fault == Fault.TornCommit
        ? (WriteAheadLog.Read(Path.Combine(_folder, Name + "-wal")), random.Next(3) == 0, random.Next(2) == 0, random)
        : null;

    public override void Crash()
    {
        _crashed = NewFolder();
        File.Copy(Path.Combine(_folder, Name), Path.Combine(_crashed, Name));
        var log = Path.Combine(_folder, Name + "-wal");
        if (!File.Exists(log))
            return;
        var copy = Path.Combine(_crashed, Name + "-wal");
        File.Copy(log, copy);
        if (_tear is { } tear)
            Tear(copy, tear.Log, tear.Flips, tear.Random);
        if (_tear is { KeepsIndex: true })
            File.Copy(Path.Combine(_folder, Name + "-shm"), Path.Combine(_crashed, Name + "-shm"));
    }

    public override void AfterCrash()
    {
        if (_crashed.Length == 0)
            return;
        Directory.Delete(_folder, recursive: true);
        (_folder, _crashed) = (_crashed, "");
    }

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void Tear(string path, WriteAheadLog acknowledged, bool flips, Random random)
    {
        var now = WriteAheadLog.Read(path);
        // A log that began anew did so because all that was in it is in the file.
        var safe = now.Salts == acknowledged.Salts ? acknowledged.End : 0;
        if (now.End <= safe)
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        if (!flips)
        {
            file.SetLength(random.NextInt64(safe, now.End + 1));
            return;
        }

        for (var i = random.Next(1, 4); i > 0; i--)
        {
            file.Position = random.NextInt64(safe, now.End);
            var was = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(was ^ random.Next(1, 256)));
        }
    }

    // In memory where there is such a place: what a disk keeps is for the runs that kill a process.
    private static string RootFolder()
    {
        var memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        return Directory.CreateDirectory(Path.Combine(memory, $"rally-simulation-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;
    }

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, $"{++_folders}")).FullName;
}
