using System.Security.Cryptography;

namespace Rally.Ledger.Blocks;

/// <summary>
/// The hash of what a block covers: SHA-256 over its entries in order of position, and in front of the first entry behind
/// it, each coin's launch. A launch is marked by the byte 1, an entry by the byte 2. Launches at the same place go by symbol.
/// </summary>
internal sealed class EntriesHasher : IDisposable
{
    private const byte LaunchMarker = 1;
    private const byte EntryMarker = 2;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Queue<LaunchRow> _launches;
    private readonly long _first;
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

    /// <exception cref="ArgumentException">The row is not the one after the row before.</exception>
    public void Add(in LogRow row)
    {
        if (row.Position != _next)
            throw new ArgumentException($"Position {row.Position} came where {_next} was next.", nameof(row));
        while (_launches.TryPeek(out var launch) && launch.LaunchedAfter < row.Position)
        {
            _hash.AppendData([LaunchMarker]);
            _hash.AppendData(CanonicalLaunch.ToBytes(_launches.Dequeue()));
        }

        CanonicalEntry.AppendTo(_hash, EntryMarker, row);
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

    public void Dispose() => _hash.Dispose();
}
