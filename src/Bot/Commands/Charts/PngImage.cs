using System.Buffers.Binary;
using System.IO.Compression;

namespace Rally.Bot.Commands.Charts;

/// <summary>A picture of up to 256 colours, and its file by the PNG specification (ISO/IEC 15948): no package for drawing restores everywhere.</summary>
internal sealed class PngImage
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly uint[] CrcTable = MakeCrcTable();

    private readonly byte[] _pixels;
    private readonly IReadOnlyList<int> _palette;

    /// <param name="palette">Colours as 0xRRGGBB; the first is everywhere to begin with.</param>
    public PngImage(int width, int height, IReadOnlyList<int> palette)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(palette.Count, 256);
        (Width, Height, _palette) = (width, height, palette);
        _pixels = new byte[width * height];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>A pixel's place in the palette; what lies outside is not drawn.</summary>
    public byte this[int x, int y]
    {
        get => _pixels[(y * Width) + x];
        set
        {
            if (x >= 0 && y >= 0 && x < Width && y < Height)
                _pixels[(y * Width) + x] = value;
        }
    }

    public byte[] ToFile()
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], Height);
        header[8] = 8; // bits a pixel
        header[9] = 3; // by palette; compression, filter and interlace are 0
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "PLTE"u8, [.. _palette.SelectMany(colour => (byte[])[(byte)(colour >> 16), (byte)(colour >> 8), (byte)colour])]);
        WriteChunk(file, "IDAT"u8, Compress());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private byte[] Compress()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            for (var y = 0; y < Height; y++)
            {
                zlib.WriteByte(0); // no filter in this row
                zlib.Write(_pixels.AsSpan(y * Width, Width));
            }
        }

        return packed.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
            crc = CrcTable[(crc ^ one) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var n = 0u; n < table.Length; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }

        return table;
    }
}
