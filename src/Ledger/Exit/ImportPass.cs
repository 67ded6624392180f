using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Exit;

/// <summary>Reads an export from beginning to end and checks everything that can be checked; on the way, writes it where there is a target.</summary>
/// <param name="step">For the progress.</param>
/// <param name="rly">RLY as the ledger that takes it in has it; all others follow.</param>
/// <param name="request">What the chain must begin with and contain.</param>
/// <param name="now">Nothing can be later, but for a difference of clocks.</param>
/// <param name="progress">Told every some thousand entries.</param>
internal sealed class ImportPass(ExitStep step, LaunchRow rly, ImportLedger.Request request, DateTimeOffset now, IProgress<ExitProgress>? progress)
{
    private const long EntriesBetweenReports = 10_000;

    /// <param name="Header">The export's first line.</param>
    /// <param name="Counts">Of its lines.</param>
    /// <param name="Height">The last block.</param>
    /// <param name="Accounts">How many accounts there are.</param>
    /// <param name="UnsignedEntries">Behind that block.</param>
    /// <param name="Sha256">Of all but the footer.</param>
    public sealed record Result(
        LedgerLine.Header Header, LineCounts Counts, long Height, int Accounts, long UnsignedEntries, byte[] Sha256);

    /// <exception cref="ExitException">The file is not right; the message names the line.</exception>
    public async Task<Result> RunAsync(string path, ImportTarget? target, CancellationToken stop)
    {
        using var file = new ExportReader(path);
        if (file.Next() is not LedgerLine.Header header)
            throw file.Fault("it is not the header of an export.");
        var latest = LogSource.LatestOf(now);
        using var check = new LogCheck(
            new AuthorityChain(header.Authorities), header.WordsKey is { } key ? new WordsKey(key) : null, header.TakenAt < latest ? header.TakenAt : latest);
        RefuseIf(check.AuthorityFault(request.PinnedAuthority));
        if (target is not null)
            await target.AddAsync(header, stop).ConfigureAwait(false);
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
                    target?.Add(coin);
                    break;
                case LedgerLine.Entry { Posted: var entry }:
                    RefuseIf(check.Add(entry));
                    if (target is not null)
                        await target.AddAsync(entry, check.Replay, stop).ConfigureAwait(false);

                    if (entry.Position % EntriesBetweenReports == 0)
                        progress?.Report(new(step, entry.Position, header.LastPosition));
                    break;
                case LedgerLine.Sealed { Block: var block }:
                    RefuseIf(check.Add(block) ?? (request.PinnedBlock is { } known ? check.PinFault(known) : null));
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
                    RefuseIf(check.End(header.LastPosition));
                    RefuseIf(symbols.Contains(CoinSymbol.Rly) ? null : "there is no RLY.");
                    RefuseIf(request.PinnedBlock is { } pinned ? check.PinMissing(pinned) : null);
                    RefuseIf(UnsignedFault(check));
                    break;
            }

            before = line;
        }

        if (target is not null)
            await target.FinishAsync(check.Replay, stop).ConfigureAwait(false);
        return new(header, counts, check.Tip.Height, check.Replay.Accounts.Count, check.UnsignedEntries, file.Sha256!);

        void RefuseIf(string? fault)
        {
            if (fault is not null)
                throw file.Fault(fault);
        }
    }

    // A known key says something of what it has signed, and anybody can write the rest.
    private string? UnsignedFault(LogCheck check) =>
        request.PinnedAuthority is null || request.AcceptsUnsigned || (check.UnsignedEntries == 0 && check.UnsignedLaunches == 0)
            ? null
            : $"{check.UnsignedEntries} entries and {check.UnsignedLaunches} coins behind the last block are not signed by the pinned authority. " +
                "Stop the old process, which seals them, and export again; or take them with --accept-unsigned.";

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
