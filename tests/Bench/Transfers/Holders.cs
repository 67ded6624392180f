using System.Buffers.Binary;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Bench.Transfers;

/// <summary>Accounts' holders and their transfers, the same ones for the same seed; ids are in time's order, as clients make them.</summary>
internal sealed class Holders
{
    // Ids of one millisecond are in no order among themselves; this many of them are what a busy ledger sees.
    private const int IdsEachMillisecond = 300;

    private static readonly long Start = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    private static long _ids;

    private readonly Guid[] _holders;
    private readonly Random _random;

    public Holders(int count, int seed)
    {
        _random = new Random(seed);
        Creator = Any(_random);
        _holders = [.. Enumerable.Range(0, count).Select(_ => Any(_random))];
    }

    public Guid Creator { get; }

    public int Count => _holders.Length;

    public Guid this[int index] => _holders[index];

    public TransferOrder Order(Guid from, Guid to, Amount amount) => new(
        NextId(), AccountKey.Of(from, BenchLedger.Coin), AccountKey.Of(to, BenchLedger.Coin), amount, TransferKind.Transfer);

    /// <summary>Between any two of <paramref name="active"/> holders, who are spread evenly over all, or of all.</summary>
    public TransferOrder AnyOrder(int active = 0)
    {
        var among = active > 0 ? active : Count;
        var apart = Count / among;
        var from = _random.Next(among);
        var to = (from + 1 + _random.Next(among - 1)) % among;
        return Order(this[from * apart], this[to * apart], AnyAmount());
    }

    /// <summary>Between the first holder and any other, to and fro.</summary>
    public TransferOrder HotOrder(int index)
    {
        var other = this[1 + _random.Next(Count - 1)];
        return index % 2 == 0 ? Order(this[0], other, AnyAmount()) : Order(other, this[0], AnyAmount());
    }

    public Amount AnyAmount() => new(1 + _random.NextInt64(1_000_000));

    private Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        var milliseconds = Start + (Interlocked.Increment(ref _ids) / IdsEachMillisecond);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (milliseconds << 16) | 0x7000 | (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0FFFu));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static Guid Any(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
