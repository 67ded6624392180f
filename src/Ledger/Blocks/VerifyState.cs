using System.Security.Cryptography;
using System.Text;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Storage.Files;

namespace Rally.Ledger.Blocks;

/// <summary>
/// How far a verification came, up to a block, in a file: it ends with the SHA-256 of what is in front, and is written whole
/// or not at all.
/// </summary>
/// <param name="BegunAt">When the first entry was read.</param>
/// <param name="Position">The last entry found right.</param>
/// <param name="PostedAt">Its time.</param>
/// <param name="Tip">The block that ends with it.</param>
/// <param name="Accounts">As of then.</param>
/// <param name="Open">Pending transfers as of then.</param>
/// <param name="Made">How many there had ever been.</param>
internal sealed record VerifyState(
    DateTimeOffset BegunAt, long Position, DateTimeOffset PostedAt, BlockTip Tip, IReadOnlyDictionary<AccountKey, JournalReplay.Numbered> Accounts,
    IReadOnlyCollection<Hold> Open, long Made)
{
    private const string Mark = "rally verify 2";

    public static VerifyState Of(LogCheck check, DateTimeOffset begunAt) => new(
        begunAt, check.Position, check.Replay.LastPostedAt, check.Tip, check.Replay.Accounts, [.. check.Replay.Holds.Open.Values], check.Replay.Holds.Made);

    public JournalReplay ToReplay(IEnumerable<Coin> coins) => new(coins, Position, PostedAt, Accounts, new HoldReplay(Open, Made));

    /// <returns>Null when there is no such file, or it is not one that <see cref="Save"/> wrote to its end.</returns>
    public static VerifyState? Load(string path)
    {
        if (!File.Exists(path))
            return null;
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < SHA256.HashSizeInBytes)
            return null;
        var content = bytes.AsSpan(..^SHA256.HashSizeInBytes);
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(^SHA256.HashSizeInBytes..)))
            return null;
        using var reader = new BinaryReader(new MemoryStream(bytes, 0, content.Length), Encoding.UTF8);
        if (reader.ReadString() != Mark)
            return null;
        var (begunAt, position, postedAt) = (Time(reader), reader.ReadInt64(), Time(reader));
        var tip = new BlockTip(reader.ReadInt64(), reader.ReadBytes(SHA256.HashSizeInBytes), position, Time(reader));
        var accounts = new Dictionary<AccountKey, JournalReplay.Numbered>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            if (!AccountKey.TryParse(reader.ReadString(), out var key))
                return null;
            accounts.Add(key, new(reader.ReadInt64(), new(new(reader.ReadInt64()), new(reader.ReadInt64()), reader.ReadInt64(), reader.ReadInt64())));
        }

        var open = new List<Hold>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            open.Add(new(
                Id(reader), reader.ReadInt64(), Id(reader), Id(reader), reader.ReadString(), new(reader.ReadInt64()), Time(reader), Time(reader),
                HoldState.Open, ResolvedPosition: null));
        }

        return new(begunAt, position, postedAt, tip, accounts, open, reader.ReadInt64());
    }

    public void Save(string path)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
            Write(writer);
        content.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        DurableFile.Write(path, content.GetBuffer().AsSpan(0, (int)content.Length), overwrite: true);
    }

    private void Write(BinaryWriter writer)
    {
        writer.Write(Mark);
        Write(writer, BegunAt);
        writer.Write(Position);
        Write(writer, PostedAt);
        writer.Write(Tip.Height);
        writer.Write(Tip.Hash);
        Write(writer, Tip.SealedAt);
        writer.Write(Accounts.Count);
        foreach (var (key, (number, figures)) in Accounts)
        {
            writer.Write(key.ToString());
            writer.Write(number);
            writer.Write(figures.Balance.MinorUnits);
            writer.Write(figures.FlowUsed.MinorUnits);
            writer.Write(figures.FlowAt);
            writer.Write(figures.BoughtAt);
        }

        writer.Write(Open.Count);
        foreach (var hold in Open)
        {
            writer.Write(hold.Id.ToByteArray());
            writer.Write(hold.Position);
            writer.Write(hold.Sender.ToByteArray());
            writer.Write(hold.Receiver.ToByteArray());
            writer.Write(hold.Coin);
            writer.Write(hold.Amount.MinorUnits);
            Write(writer, hold.HeldAt);
            Write(writer, hold.ExpiresAt);
        }

        writer.Write(Made);
    }

    private static void Write(BinaryWriter writer, DateTimeOffset time) => writer.Write(time.ToUnixTimeMilliseconds());

    private static DateTimeOffset Time(BinaryReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());

    private static Guid Id(BinaryReader reader) => new(reader.ReadBytes(16));
}
