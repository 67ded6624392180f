using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Exit;

/// <summary>Reads an export from beginning to end and checks everything that can be checked; on the way, writes it where there is a target.</summary>
/// <param name="step">For the progress.</param>
/// <param name="rly">RLY as the ledger that takes it in has it; all others follow.</param>
/// <param name="pinned">The public key the chain must begin with; null to take the export's word for it.</param>
/// <param name="progress">Told every some thousand entries.</param>
internal sealed class ImportPass(ExitStep step, LaunchRow rly, byte[]? pinned, IProgress<ExitProgress>? progress)
{
    private const long EntriesBetweenReports = 10_000;

    /// <param name="Header">The export's first line.</param>
    /// <param name="Counts">Of its lines.</param>
    /// <param name="Height">The last block.</param>
    /// <param name="Accounts">How many accounts there are.</param>
    /// <param name="Sha256">Of all but the footer.</param>
    public sealed record Result(LedgerLine.Header Header, LineCounts Counts, long Height, int Accounts, byte[] Sha256);

    /// <exception cref="ExitException">The file is not right; the message names the line.</exception>
    public async Task<Result> RunAsync(string path, ImportTarget? target, CancellationToken stop)
    {
        using var file = new ExportReader(path);
        if (file.Next() is not LedgerLine.Header header)
            throw file.Fault("it is not the header of an export.");
        using var check = new LogCheck(header);
        RefuseIf(check.AuthorityFault(pinned));
        if (target is not null)
            await target.AddAsync(header, stop).ConfigureAwait(false);
        var books = new Books();
        var symbols = new HashSet<string>();
        LedgerLine before = header;
        var counts = default(LineCounts);
        while (file.Next() is { } line)
        {
            stop.ThrowIfCancellationRequested();
            if (PlaceOf(line) < PlaceOf(before))
                throw file.Fault("it stands behind lines that belong behind it.");
            switch (line)
            {
                case LedgerLine.Launch { Coin: var coin }:
                    RefuseIf(check.Add(coin) ?? RlyFault(coin));
                    symbols.Add(coin.Symbol);
                    books.Add(check.Coin!);
                    target?.Add(coin);
                    break;
                case LedgerLine.Entry { Posted: var entry }:
                    RefuseIf(check.Add(entry) ?? books.Add(entry));
                    if (target is not null)
                    {
                        await target.AddAsync(entry, books.Debit!, books.Credit!, stop).ConfigureAwait(false);
                        if (books.Resolved is { } hold)
                            await target.AddAsync(hold, stop).ConfigureAwait(false);
                    }

                    if (entry.Position % EntriesBetweenReports == 0)
                        progress?.Report(new(step, entry.Position, header.LastPosition));
                    break;
                case LedgerLine.Sealed { Block: var block }:
                    RefuseIf(check.Add(block));
                    if (target is not null)
                        await target.AddAsync(check.Block!, stop).ConfigureAwait(false);
                    break;
                case LedgerLine.UsdPrice price:
                    RefuseIf(price.NanoUsd <= 0 || (before is LedgerLine.UsdPrice last && last.At >= price.At) ? "the price is not one, or not in order." : null);
                    target?.Add(price);
                    break;
                case LedgerLine.Suspended { Symbol: var symbol } suspended:
                    RefuseIf(symbol != CoinSymbol.Rly && symbols.Contains(symbol) ? null : $"there is no coin {symbol} that can be suspended.");
                    RefuseIf(before is LedgerLine.Suspended other && string.CompareOrdinal(other.Symbol, symbol) >= 0 ? $"{symbol} is not in order." : null);
                    target?.Add(suspended);
                    break;
                case LedgerLine.Header:
                    throw file.Fault("it is a second header.");
                case LedgerLine.Footer footer:
                    counts = footer.Counts;
                    RefuseIf(check.End(header.LastPosition) ?? books.End());
                    RefuseIf(symbols.Contains(CoinSymbol.Rly) ? null : "there is no RLY.");
                    break;
            }

            before = line;
        }

        if (target is not null)
            await target.FinishAsync(books, stop).ConfigureAwait(false);
        return new(header, counts, check.Height, books.Accounts.Count, file.Sha256!);

        void RefuseIf(string? fault)
        {
            if (fault is not null)
                throw file.Fault(fault);
        }
    }

    private string? RlyFault(LaunchRow coin) =>
        coin.Symbol != CoinSymbol.Rly || coin == rly ? null : "its RLY is not the one of this program.";

    private static int PlaceOf(LedgerLine line) => line switch
    {
        LedgerLine.Header => 0,
        LedgerLine.Launch or LedgerLine.Entry or LedgerLine.Sealed => 1,
        LedgerLine.UsdPrice => 2,
        LedgerLine.Suspended => 3,
        _ => 4,
    };
}
