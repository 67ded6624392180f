using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;
using Rally.Storage;

namespace Rally.Bench.Transfers;

/// <summary>The program native/ledger.c, running beside us on a SQLite file of its own.</summary>
internal sealed class PlainC : IDisposable
{
    // What decides how SQLite writes; the program is told ours.
    private static readonly string[] Pragmas =
        ["journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "cache_size", "cache_spill", "mmap_size", "temp_store"];

    private readonly Process _process;
    private readonly string _batches;

    private PlainC(Process process, string batches, string version) => (_process, _batches, Version) = (process, batches, version);

    /// <summary>Of the SQLite library that it runs on.</summary>
    public string Version { get; }

    public static async Task<PlainC> StartAsync(string path, Database ours)
    {
        var program = Environment.GetEnvironmentVariable("RALLY_BENCH_C")
            ?? throw new InvalidOperationException("RALLY_BENCH_C is not set; run tests/bench.sh.");
        var pragmas = await ours.WriteAsync(transaction =>
        {
            var connection = transaction.Connection!;
            return Task.FromResult(string.Concat(Pragmas.Select(name =>
                $"PRAGMA {name}={connection.ExecuteScalar<string>($"PRAGMA {name}", transaction: transaction)};")));
        });
        var start = new ProcessStartInfo(program, [path, pragmas]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        return new(process, path + ".batches", await LineAsync(process));
    }

    /// <summary>Has it write the batches, a transaction each.</summary>
    public async Task<(TimeSpan Elapsed, TimeSpan Processor)> WriteAsync(IReadOnlyList<RecordedBatch> batches)
    {
        RecordedBatch.Write(batches, _batches);
        await _process.StandardInput.WriteLineAsync(_batches);
        await _process.StandardInput.FlushAsync();
        var nanoseconds = (await LineAsync(_process)).Split(' ').Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        File.Delete(_batches);
        return (TimeSpan.FromMicroseconds(nanoseconds[0] / 1_000.0), TimeSpan.FromMicroseconds(nanoseconds[1] / 1_000.0));
    }

    /// <summary>Ends it; its file may be read then.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        if (_process.ExitCode != 0)
            throw new InvalidOperationException("The C program failed.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    /// <summary>A hash over all rows of the journal's tables in a SQLite file.</summary>
    public static string HashOf(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] tables = ["ledger_coin ORDER BY symbol", "ledger_account ORDER BY id", "ledger_balance ORDER BY account", "ledger_transfer ORDER BY position"];
        foreach (var table in tables)
        {
            using var row = connection.ExecuteReader($"SELECT * FROM {table}");
            while (row.Read())
            {
                for (var column = 0; column < row.FieldCount; column++)
                    hash.AppendData(row.GetValue(column) is byte[] bytes ? bytes : Encoding.UTF8.GetBytes($"{row.GetValue(column)}|"));
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task<string> LineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The C program ended early.");
}
