using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Rally.Ledger.Tests.Crashes;

/// <summary>A SQLite file that something has damaged: the ledger says which and never counts on what is wrong.</summary>
public sealed class DamageTests(ITestOutputHelper output) : IDisposable
{
    private const int Page = 4_096;

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "rally.db");

    private string Setting => $"sqlite:{File}";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Damage_anywhere_is_named_or_changes_nothing_that_counts()
    {
        var last = await FillAsync();
        var whole = await System.IO.File.ReadAllBytesAsync(File);
        var truth = await ReadAsync();
        var random = new Random(3);
        var (named, harmless) = (0, 0);
        for (var damage = 0; damage < 3 * (whole.Length / Page); damage++)
        {
            var (damaged, at) = (whole.ToArray(), Page * (damage / 3));
            // Once all of the middle of the page, where its rows are, and then any byte.
            if (damage % 3 == 0)
                random.NextBytes(damaged.AsSpan(at + (Page / 2), Page / 2));
            else
                damaged[at + random.Next(Page)] ^= (byte)random.Next(1, 256);
            await System.IO.File.WriteAllBytesAsync(File, damaged);
            if (await CheckAsync() is { } fault)
            {
                named++;
                output.WriteLine($"page {1 + (at / Page)}: {fault}");
                continue;
            }

            harmless++;
            Assert.Equal(truth, await ReadAsync());
        }

        output.WriteLine($"{named} damages named, {harmless} harmless, {last} entries");
        Assert.True(named > harmless / 4, "every page in five holds something that counts");
    }

    [Fact]
    public async Task A_file_cut_short_is_named_and_never_taken_for_an_earlier_moment()
    {
        await FillAsync();
        var whole = await System.IO.File.ReadAllBytesAsync(File);
        foreach (var length in new[] { whole.Length - Page, whole.Length / 2, whole.Length / 3, Page, Page / 2, 100 })
        {
            await System.IO.File.WriteAllBytesAsync(File, whole[..length]);
            var fault = await CheckAsync();
            output.WriteLine($"{length} of {whole.Length}: {fault}");
            Assert.NotNull(fault);
            Assert.Contains(File, fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_its_write_ahead_log_the_store_is_at_an_earlier_moment_as_a_whole()
    {
        var last = await FillAsync();
        using var elsewhere = new TemporaryFolder();
        var copy = Path.Combine(elsewhere.Path, "rally.db");
        await using (var ledger = await TestLedger.OpenAsync(Setting))
        {
            var creator = await ledger.LaunchAsync("NEW", 1_000);
            await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1, "NEW"));
            System.IO.File.Copy(File, copy); // and not the log
        }

        await using var earlier = await TestLedger.OpenAsync($"sqlite:{copy}");
        Assert.Equal(last, await earlier.CheckAsync());
        var again = await earlier.LaunchAsync("NEW", 1_000);
        await earlier.PostedAsync(earlier.Order(again, Guid.NewGuid(), 1, "NEW"));
        Assert.Equal(last + 2, await earlier.CheckAsync());
    }

    [Fact]
    public async Task An_error_of_a_damaged_store_names_it_and_says_what_to_do()
    {
        await FillAsync();
        int root;
        await using (var whole = Database.Open(Setting))
            root = (int)await whole.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT rootpage FROM sqlite_master WHERE name = 'ledger_transfer'"));
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        bytes.AsSpan((root - 1) * Page, Page).Fill(0xA5);
        await System.IO.File.WriteAllBytesAsync(File, bytes);

        await using var database = Database.Open(Setting);
        var read = await Assert.ThrowsAsync<SqliteException>(() => database.ReadAsync(connection => connection.QueryAsync("SELECT * FROM ledger_transfer")));
        var write = await Assert.ThrowsAsync<SqliteException>(() => database.WriteAsync(transaction =>
            transaction.Connection!.ExecuteAsync("DELETE FROM ledger_transfer", transaction: transaction)));
        Assert.All([read, write], fault =>
        {
            Assert.StartsWith(File, fault.Message, StringComparison.Ordinal);
            Assert.Contains("backup", fault.Message, StringComparison.Ordinal);
        });
    }

    /// <summary>What is wrong, in words; null when nothing is found to be.</summary>
    private async Task<string?> CheckAsync()
    {
        try
        {
            await using var database = Database.Open(Setting);
            return (await VerifyLedger.On(database, TimeProvider.System).ExecuteAsync(new(), null, default)).Fault is { } fault ? $"{File}: {fault}" : null;
        }
        catch (Exception refused) when (refused is SqliteException or IOException)
        {
            // Where the list of tables is damaged, a column or a table that is asked for is not there.
            if (refused is not SqliteException { SqliteErrorCode: 1 })
                Assert.Contains(File, refused.Message, StringComparison.Ordinal);
            return refused.Message;
        }
    }

    /// <summary>What the check vouches for: the log, and what is on every account.</summary>
    private async Task<string> ReadAsync()
    {
        await using var database = Database.Open(Setting);
        return await database.ReadAsync(async connection => string.Join('\n', (await connection.QueryAsync<(long, long, long, long)>(
            "SELECT t.position, t.amount, t.debit_balance, t.credit_balance FROM ledger_transfer t ORDER BY t.position"))
            .Concat(await connection.QueryAsync<(long, long, long, long)>(
                "SELECT account, balance, 0, 0 FROM ledger_balance ORDER BY account"))));
    }

    private async Task<long> FillAsync()
    {
        var ledger = await TestLedger.OpenAsync(Setting);
        var creator = await ledger.LaunchAsync("PTM", 1_000_000);
        for (var i = 0; i < 8; i++)
            await ledger.PostAsync(FullDiskProcess.Linked(ledger, creator).Select(order => ledger.Order(creator, order.Credit.Holder!.Value, 1)).ToArray());
        // The pages that the migrations left free can hold no damage.
        await ledger.DisposeAsync();
        await using (var file = new SqliteConnection($"Data Source={File};Pooling=False"))
            await file.ExecuteAsync("VACUUM");
        await using var whole = await TestLedger.OpenAsync(Setting);
        return await whole.CheckAsync();
    }
}
