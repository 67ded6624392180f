using System.Security.Cryptography;
using System.Text;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage.Files;

namespace Rally.Ledger.Blocks;

/// <summary>How far a verification came, in a file: it ends with the SHA-256 of what is in front, and is written whole or not at all.</summary>
internal sealed record VerifyState(long Position, DateTimeOffset PostedAt, BlockTip Tip, IReadOnlyDictionary<AccountKey, Amount> Balances)
{
    private const string Mark = "rally verify 1";

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
        var (position, postedAt) = (reader.ReadInt64(), DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64()));
        var tip = new BlockTip(reader.ReadInt64(), reader.ReadBytes(SHA256.HashSizeInBytes), position);
        var balances = new Dictionary<AccountKey, Amount>();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            if (!AccountKey.TryParse(reader.ReadString(), out var key))
                return null;
            balances.Add(key, new Amount(reader.ReadInt64()));
        }

        return new(position, postedAt, tip, balances);
    }

    public void Save(string path)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(Position);
            writer.Write(PostedAt.ToUnixTimeMilliseconds());
            writer.Write(Tip.Height);
            writer.Write(Tip.Hash);
            writer.Write(Balances.Count);
            foreach (var (key, balance) in Balances)
            {
                writer.Write(key.ToString());
                writer.Write(balance.MinorUnits);
            }
        }

        content.Write(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
        DurableFile.Write(path, content.GetBuffer().AsSpan(0, (int)content.Length), overwrite: true);
    }
}
