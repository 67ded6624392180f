using System.Security.Cryptography;

namespace Rally.Ledger.Blocks;

/// <summary>
/// The hash of what a block covers: SHA-256 over the digests of its entries in order of position, and in front of the first
/// entry behind it, each coin's launch. A digest is the SHA-256 of a byte, 1 for a launch and 2 for an entry, and the
/// canonical bytes. Launches at the same place go by symbol.
/// </summary>
internal sealed class EntriesHasher : IDisposable
{
    /// <summary>Bytes of an entry's digest that are kept with a block: enough to tell which entry of it was changed.</summary>
    public const int MarkSize = 4;

    private const byte LaunchMarker = 1;
    private const byte EntryMarker = 2;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Queue<LaunchRow> _launches;
    private readonly long _first;
    private readonly MemoryStream _marks = new();
    private long _next;

    /// <param name="firstPosition">Of the block's first entry.</param>
    /// <param name="launches">
    /// The coins whose <see cref="LaunchRow.LaunchedAfter"/> is from <paramref name="firstPosition"/> - 1 to the block's last
    /// position - 1, in any order.
    /// </param>
    public EntriesHasher(long firstPosition, IEnumerable<LaunchRow> launches)
    {
        _first = _next = firstPosition;
        _launches = new(launches.OrderBy(launch => launch.LaunchedAfter).ThenBy(launch => launch.Symbol, StringComparer.Ordinal));
        if (_launches.TryPeek(out var earliest) && earliest.LaunchedAfter < firstPosition - 1)
            throw new ArgumentException($"{earliest.Symbol} belongs to a block before position {firstPosition}.", nameof(launches));
    }

    /// <summary>Adds a launch where they are not all known at the beginning; in their order, in front of the entry behind them.</summary>
    public void Add(LaunchRow launch) => _launches.Enqueue(launch);

    /// <exception cref="ArgumentException">The row is not the one after the row before.</exception>
    public void Add(in LogRow row)
    {
        if (row.Position != _next)
            throw new ArgumentException($"Position {row.Position} came where {_next} was next.", nameof(row));
        while (_launches.TryPeek(out var launch) && launch.LaunchedAfter < row.Position)
        {
            _hash.AppendData(SHA256.HashData([LaunchMarker, .. CanonicalLaunch.ToBytes(_launches.Dequeue())]));
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        CanonicalEntry.Digest(EntryMarker, row, digest);
        _hash.AppendData(digest);
        _marks.Write(digest[..MarkSize]);
        _next++;
    }

    /// <summary>The 32 bytes; nothing can be added any more.</summary>
    /// <exception cref="InvalidOperationException">No entry was added, or a launch lies behind the last one.</exception>
    public byte[] Finish()
    {
        if (_next == _first)
            throw new InvalidOperationException("A block covers at least one entry.");
        if (_launches.TryPeek(out var later))
            throw new InvalidOperationException($"{later.Symbol} was launched after position {_next - 1}: it belongs to a later block.");
        return _hash.GetHashAndReset();
    }

    /// <summary>The first bytes of each entry's digest, one after the other.</summary>
    public byte[] Marks() => _marks.ToArray();

    public void Dispose() => _hash.Dispose();
}
