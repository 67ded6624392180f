using System.Buffers.Binary;

namespace Rally.Auth.Apps;

/// <summary>What a picture is by its own bytes, whatever its name or sender says. Nothing is decoded but its size.</summary>
/// <param name="Type">The media type.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
internal sealed record LogoImage(string Type, long Width, long Height)
{
    public const int LargestBytes = 256 * 1024;

    public const string Rule = "A logo is a PNG, JPEG or WebP picture of at most 256 KB, and at most 1024 pixels wide and high.";

    // A few bytes can unpack to more pixels than a phone has memory.
    private const int GreatestSide = 1024;

    private static ReadOnlySpan<byte> PngHead => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> JpegHead => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Vp8Head => [0x9D, 0x01, 0x2A];

    /// <returns>Null when it is no picture that can be a logo.</returns>
    public static LogoImage? Of(ReadOnlySpan<byte> file) =>
        file.Length <= LargestBytes && (OfPng(file) ?? OfJpeg(file) ?? OfWebP(file)) is { Width: >= 1 and <= GreatestSide, Height: >= 1 and <= GreatestSide } image
            ? image
            : null;

    // https://www.w3.org/TR/png-3/, 5.2 and 11.2.1
    private static LogoImage? OfPng(ReadOnlySpan<byte> file) =>
        file.Length >= 33 && file.StartsWith(PngHead) && file[12..].StartsWith("IHDR"u8)
            ? new("image/png", BinaryPrimitives.ReadUInt32BigEndian(file[16..]), BinaryPrimitives.ReadUInt32BigEndian(file[20..]))
            : null;

    // ITU-T T.81, annex B: markers up to the frame header, which has the size.
    private static LogoImage? OfJpeg(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(JpegHead))
            return null;
        var at = 2;
        while (at + 9 <= file.Length && file[at] == 0xFF)
        {
            var marker = file[at + 1];
            if (marker == 0xFF)
                at++;
            else if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return new("image/jpeg", BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
            else if (marker is 0xD9 or 0xDA)
                return null;
            else
                at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }

        return null;
    }

    // RFC 9649, 2.5 to 2.7
    private static LogoImage? OfWebP(ReadOnlySpan<byte> file)
    {
        if (file.Length < 30 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WEBP"u8))
            return null;
        var content = file[20..];
        var chunk = file[12..];
        if (chunk.StartsWith("VP8X"u8))
            return new("image/webp", 1 + Read24(content[4..]), 1 + Read24(content[7..]));
        if (chunk.StartsWith("VP8L"u8) && content[0] == 0x2F)
        {
            var sizes = BinaryPrimitives.ReadUInt32LittleEndian(content[1..]);
            return new("image/webp", 1 + (sizes & 0x3FFF), 1 + ((sizes >> 14) & 0x3FFF));
        }

        return chunk.StartsWith("VP8 "u8) && content[3..].StartsWith(Vp8Head)
            ? new("image/webp", BinaryPrimitives.ReadUInt16LittleEndian(content[6..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(content[8..]) & 0x3FFF)
            : null;
    }

    private static int Read24(ReadOnlySpan<byte> at) => at[0] | (at[1] << 8) | (at[2] << 16);
}
