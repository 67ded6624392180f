using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Exit;

/// <summary>A line of an export; docs/export.md describes them.</summary>
internal abstract record LedgerLine
{
    public const string Format = "rally ledger 1";

    /// <param name="Program">The version that wrote it, for information.</param>
    /// <param name="TakenAt">When.</param>
    /// <param name="LastPosition">Of the log.</param>
    /// <param name="WordsKey">See <see cref="Blocks.WordsKey"/>; null when nothing was ever sealed.</param>
    /// <param name="Authorities">By number.</param>
    public sealed record Header(
        string Program, DateTimeOffset TakenAt, long LastPosition, byte[]? WordsKey, IReadOnlyList<Authority> Authorities) : LedgerLine;

    /// <summary>In front of the first entry behind the launch.</summary>
    public sealed record Launch(LaunchRow Coin) : LedgerLine;

    public sealed record Entry(JournalEntry Posted) : LedgerLine;

    /// <summary>Behind the last entry that the block covers; without its marks, which follow from the entries.</summary>
    public sealed record Sealed(Block Block) : LedgerLine;

    /// <param name="At">In milliseconds since 1970 UTC.</param>
    /// <param name="NanoUsd">Of one RLY, in 10^-9 US dollars.</param>
    public sealed record UsdPrice(long At, long NanoUsd) : LedgerLine;

    /// <summary>The coin is suspended.</summary>
    public sealed record Suspended(string Symbol) : LedgerLine;

    /// <param name="Counts">Of the lines in front.</param>
    /// <param name="Sha256">Over all bytes in front of this line.</param>
    public sealed record Footer(LineCounts Counts, byte[] Sha256) : LedgerLine;
}

/// <summary>How many lines of each kind there are.</summary>
internal readonly record struct LineCounts(long Launches, long Entries, long Blocks, long UsdPrices, long Suspended)
{
    public LineCounts With(LedgerLine line) => line switch
    {
        LedgerLine.Launch => this with { Launches = Launches + 1 },
        LedgerLine.Entry => this with { Entries = Entries + 1 },
        LedgerLine.Sealed => this with { Blocks = Blocks + 1 },
        LedgerLine.UsdPrice => this with { UsdPrices = UsdPrices + 1 },
        LedgerLine.Suspended => this with { Suspended = Suspended + 1 },
        _ => this,
    };
}
