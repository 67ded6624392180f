using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Ledger.Journal;
using Rally.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Rally.Ledger.Tests.Crashes;

/// <summary>A SQLite store on a disk that is full or cannot be written: a clear error, nothing half done, and usable again afterwards.</summary>
public sealed class DiskFaultTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "rally.db");

    private string Setting => $"sqlite:{File}";

    public void Dispose() => _folder.Dispose();

    [NamespacesFact]
    public async Task On_a_full_disk_nothing_half_done_stays_and_with_space_it_goes_on()
    {
        using var child = ChildProcess.Start([
            "unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=1500k none \"$1\" && shift && exec \"$@\"", "sh", _folder.Path,
            .. ChildProcess.Command(typeof(Program), "fill", Setting, "", $"mount -o remount,size=64m '{_folder.Path}'")]);

        await AssertFullAsync(child);
    }

    [Fact]
    public async Task At_the_systems_limit_for_a_file_nothing_half_done_stays_and_beyond_it_goes_on()
    {
        // The signal would end the process; ignored, the write fails.
        using var child = ChildProcess.Start([
            "sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh",
            .. ChildProcess.Command(typeof(Program), "fill", Setting, "prlimit --pid $PPID --fsize=1000000:", "prlimit --pid $PPID --fsize=unlimited:")]);

        await AssertFullAsync(child);
    }

    [Fact]
    public async Task When_the_file_may_not_grow_the_batch_fails_and_the_next_succeeds()
    {
        await using var ledger = await TestLedger.OpenAsync(Setting);
        var creator = await ledger.LaunchAsync("RLYX", 1_000_000);
        var pages = await ledger.Database.WriteAsync(transaction =>
            transaction.Connection!.ExecuteScalarAsync<long>("PRAGMA page_count", transaction: transaction));
        await LimitAsync(pages + 3);
        var (posted, orders, full) = (1L, Batch(), (Exception?)null);
        while ((full = await Record.ExceptionAsync(() => ledger.PostAsync(orders))) is null)
        {
            posted += orders.Length;
            orders = Batch();
        }

        Assert.StartsWith($"{File} cannot grow", Assert.IsType<SqliteException>(full).Message, StringComparison.Ordinal);
        Assert.Equal(posted, await ledger.CheckAsync());

        await LimitAsync(1_000_000);
        Assert.False(Assert.IsType<PostResult.Posted>(await ledger.PostAsync(orders)).Repeated);
        Assert.Equal(posted + orders.Length, await ledger.CheckAsync());

        TransferOrder[] Batch() => [.. Enumerable.Range(0, 60).Select(_ => ledger.Order(creator, Guid.NewGuid(), 1, "RLYX", new string('n', 280)))];
        Task LimitAsync(long most) => ledger.Database.WriteAsync(transaction =>
            transaction.Connection!.ExecuteAsync($"PRAGMA max_page_count={most}", transaction: transaction));
    }

    [NamespacesFact]
    public async Task In_a_folder_that_cannot_be_written_the_store_says_so()
    {
        await (await TestLedger.OpenAsync(Setting)).DisposeAsync();
        using var elsewhere = new TemporaryFolder();
        var file = Path.Combine(elsewhere.Path, "rally.db");
        foreach (var what in new[] { "rally.db", "rally.db*" }) // without the lock file, and with it
        {
            using var child = ChildProcess.Start([
                "unshare", "-rm", "sh", "-c",
                $"mount -t tmpfs none \"$1\" && cp '{_folder.Path}'/{what} \"$1\" && mount -o remount,ro \"$1\" && shift && exec \"$@\"",
                "sh", elsewhere.Path, .. ChildProcess.Command(typeof(Program), "open", $"sqlite:{file}")]);
            var (code, said) = await child.EndAsync();
            output.WriteLine(said);
            Assert.Equal(0, code);
            Assert.StartsWith($"IOException: {file} cannot be opened", said, StringComparison.Ordinal);
            Assert.Contains("must be able to write", said, StringComparison.Ordinal);
        }
    }

    private async Task AssertFullAsync(ChildProcess child)
    {
        var (code, said) = await child.EndAsync();
        output.WriteLine(said);
        Assert.True(code == 0, said);
        Assert.StartsWith($"SqliteException: {File}", said, StringComparison.Ordinal);
    }
}
