using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Rally.Ledger.Journal;

/// <summary>
/// Ids of the further entries of a command that the ledger itself takes apart, such as a trade: the command's time, so that
/// they stay in order, and a hash of its id, so that a repeat makes the same ones and nobody else does.
/// </summary>
internal static class DerivedId
{
    private const int TimeBytes = 6;

    /// <returns><paramref name="command"/> itself for link 0; else a UUID version 7 (RFC 9562) with the same time.</returns>
    public static Guid Of(Guid command, int link)
    {
        if (link == 0)
            return command;
        Span<byte> input = stackalloc byte[20];
        command.TryWriteBytes(input, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(input[16..], link);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        var id = hash[..16];
        input[..TimeBytes].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
