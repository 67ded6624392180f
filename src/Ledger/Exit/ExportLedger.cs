using Rally.Storage;

namespace Rally.Ledger.Exit;

/// <summary>
/// Writes the whole ledger as of one moment, while others serve it, to a file that needs no program of ours to be read:
/// docs/export.md. It holds all notes and the key to them.
/// </summary>
public sealed class ExportLedger
{
    private const long EntriesBetweenReports = 10_000;

    private readonly Database _database;
    private readonly TimeProvider _time;

    private ExportLedger(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <param name="File">Its full path.</param>
    /// <param name="Entries">How many entries of the log are in it.</param>
    /// <param name="Blocks">How many blocks.</param>
    /// <param name="Coins">How many coins, RLY among them.</param>
    /// <param name="UnsignedEntries">Of the entries, those behind the last block: nobody has signed them.</param>
    public sealed record Result(string File, long Entries, long Blocks, long Coins, long UnsignedEntries);

    /// <summary>An export of a store that others may be serving.</summary>
    public static ExportLedger On(Database database, TimeProvider time) => new(database, time);

    /// <summary>Writes the file; unless this returns, it is not there.</summary>
    /// <param name="file">Where to; it must not exist. Packed with gzip when the name ends with .gz.</param>
    /// <param name="progress">Told every some thousand entries.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="IOException">The file cannot be written, or the ledger is damaged; the message says what to do.</exception>
    public async Task<Result> ExecuteAsync(string file, IProgress<ExitProgress>? progress, CancellationToken stop)
    {
        using var export = new ExportFile(file);
        var (counts, unsigned) = await LogSource.ReadAsync(_database, _time, source => WriteAsync(source, export, progress, stop), stop).ConfigureAwait(false);
        export.Finish();
        return new(export.FullPath, counts.Entries, counts.Blocks, counts.Launches, unsigned);
    }

    private static async Task<(LineCounts Counts, long Unsigned)> WriteAsync(
        LogSource source, ExportFile export, IProgress<ExitProgress>? progress, CancellationToken stop)
    {
        using var writer = new LineWriter();
        var counts = default(LineCounts);
        Write(source.Header);
        await foreach (var line in source.LogAsync(stop).ConfigureAwait(false))
        {
            Write(line);
            if (line is LedgerLine.Entry && counts.Entries % EntriesBetweenReports == 0)
                progress?.Report(new(ExitStep.Exporting, counts.Entries, source.Header.LastPosition));
        }

        await foreach (var price in source.PricesAsync(stop).ConfigureAwait(false))
            Write(price);
        foreach (var suspended in source.Suspended())
            Write(suspended);
        Write(new LedgerLine.Footer(counts, export.Sha256()));
        return (counts, source.UnsignedEntries);

        void Write(LedgerLine line)
        {
            export.Write(writer.Write(line));
            counts = counts.With(line);
        }
    }
}
