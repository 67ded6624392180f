using System.Globalization;
using System.Text;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage;

namespace Rally.Ledger.Exit;

/// <summary>
/// Writes the log as a journal for hledger: a transaction for each command, and behind each posting the balance it left,
/// which hledger checks. What people wrote is not in it.
/// </summary>
public sealed class ExportJournal
{
    private const long EntriesBetweenReports = 10_000;

    private readonly Database _database;
    private readonly TimeProvider _time;

    private ExportJournal(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <param name="File">Its full path.</param>
    /// <param name="Entries">How many entries of the log are in it.</param>
    public sealed record Result(string File, long Entries);

    /// <summary>A journal of a store that others may be serving.</summary>
    public static ExportJournal On(Database database, TimeProvider time) => new(database, time);

    /// <inheritdoc cref="ExportLedger.ExecuteAsync"/>
    public async Task<Result> ExecuteAsync(string file, IProgress<ExitProgress>? progress, CancellationToken stop)
    {
        using var journal = new ExportFile(file);
        var entries = await LogSource.ReadAsync(_database, _time, source => WriteAsync(source, journal, progress, stop), stop).ConfigureAwait(false);
        journal.Finish();
        return new(journal.FullPath, entries);
    }

    private static async Task<long> WriteAsync(LogSource source, ExportFile journal, IProgress<ExitProgress>? progress, CancellationToken stop)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"; Rally ledger, positions 1 to {source.Header.LastPosition}, taken at {source.Header.TakenAt:yyyy-MM-dd HH:mm:ss} UTC\n");
        text.Append("decimal-mark .\n");
        foreach (var symbol in source.Symbols)
            text.Append(CultureInfo.InvariantCulture, $"commodity 1.000000 {Commodity(symbol)}\n");
        await foreach (var line in source.LogAsync(stop).ConfigureAwait(false))
        {
            if (line is not LedgerLine.Entry { Posted: var entry })
                continue;
            if (entry.Link == 0)
                Begin(text, entry);
            Add(text, entry, entry.Order.Debit, Amount.Zero - entry.Order.Amount, entry.DebitBalance);
            Add(text, entry, entry.Order.Credit, entry.Order.Amount, entry.CreditBalance);
            Flush(text, journal);
            if (entry.Position % EntriesBetweenReports == 0)
                progress?.Report(new(ExitStep.Exporting, entry.Position, source.Header.LastPosition));
        }

        Flush(text, journal);
        return source.Header.LastPosition;
    }

    private static void Begin(StringBuilder text, JournalEntry entry) => text.Append(
        CultureInfo.InvariantCulture,
        $"\n{entry.PostedAt:yyyy-MM-dd} {entry.Order.Kind}  ; time:{entry.PostedAt:HH:mm:ss.fff}\n");

    private static void Add(StringBuilder text, JournalEntry entry, AccountKey account, Amount amount, Amount balance)
    {
        var commodity = Commodity(account.Coin);
        text.Append(
            CultureInfo.InvariantCulture,
            $"    {Name(account)}  {Exact(amount)} {commodity} = {Exact(balance)} {commodity}  ; position:{entry.Position}, id:{entry.Order.Id}, kind:{entry.Order.Kind}\n");
    }

    private static void Flush(StringBuilder text, ExportFile journal)
    {
        foreach (var chunk in text.GetChunks())
            journal.Write(Encoding.UTF8.GetBytes(chunk.ToArray()));
        text.Clear();
    }

    private static string Name(AccountKey account) => account.Holder is { } holder ? $"{account.Kind}:{holder}" : account.Kind;

    /// <summary>A name with digits in it must stand in quotes.</summary>
    private static string Commodity(string symbol) => symbol.Any(char.IsAsciiDigit) ? $"\"{symbol}\"" : symbol;

    private static string Exact(Amount amount)
    {
        var units = Int128.Abs(amount.MinorUnits);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(amount.MinorUnits < 0 ? "-" : "")}{units / Amount.PerCoin}.{units % Amount.PerCoin:000000}");
    }
}
