using System.Buffers.Binary;
using System.IO.Compression;
using Rally.Bot.Commands.Charts;
using Rally.Ledger.Amounts;
using Xunit;

namespace Rally.Bot.Tests.Commands;

public sealed class ChartTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public void A_picture_is_a_png_file_with_its_pixels_row_by_row()
    {
        var image = new PngImage(3, 2, [0x000000, 0xFF8001]) { [2, 0] = 1, [0, 1] = 1 };
        image[3, 0] = 1; // outside: not drawn
        image[-1, 0] = 1;
        var chunks = Chunks(image.ToFile());
        Assert.Equal(["IHDR", "PLTE", "IDAT", "IEND"], chunks.Select(chunk => chunk.Type));
        Assert.Equal([0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0], chunks[0].Data);
        Assert.Equal([0, 0, 0, 0xFF, 0x80, 0x01], chunks[1].Data);
        Assert.Equal([0, 0, 0, 1, 0, 1, 0, 0], Inflate(chunks[2].Data));
        // Of IEND, which holds nothing, the specification's own example.
        Assert.Equal([0xAE, 0x42, 0x60, 0x82], image.ToFile()[^4..]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1_000_000)]
    [InlineData(600_000_000, 10_000)]
    [InlineData(long.MaxValue, 1)]
    public void A_chart_is_drawn_of_any_prices(long first, long last)
    {
        PriceChart.Point[] points = [new(Start, new Amount(first)), new(Start, new Amount(last)), new(Start.AddDays(30), new Amount(last))];
        var pixels = Inflate(Chunks(PriceChart.Draw(points))[2].Data);
        Assert.Contains((byte)3, pixels); // the line
        Assert.Contains((byte)4, pixels); // the labels
    }

    [Fact]
    public void All_at_one_moment_is_drawn_too() =>
        Assert.NotEmpty(PriceChart.Draw([new(Start, Amount.Coins(1)), new(Start, Amount.Coins(2))]));

    private static List<(string Type, byte[] Data)> Chunks(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], file[..8]);
        var chunks = new List<(string, byte[])>();
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            chunks.Add((System.Text.Encoding.ASCII.GetString(file, at + 4, 4), file[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }

        return chunks;
    }

    private static byte[] Inflate(byte[] data)
    {
        using var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zlib.CopyTo(plain);
        return plain.ToArray();
    }
}
