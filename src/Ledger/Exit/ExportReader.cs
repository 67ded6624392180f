using System.IO.Compression;
using System.Security.Cryptography;

namespace Rally.Ledger.Exit;

/// <summary>Reads an export line by line, packed or not, up to its footer, which it checks against what is in front.</summary>
internal sealed class ExportReader : IDisposable
{
    private const int LongestLine = 1 << 24;

    private readonly Stream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private LineCounts _counts;

    /// <exception cref="ExitException">The file cannot be read.</exception>
    public ExportReader(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            var isPacked = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            _stream = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new ExitException($"{path} cannot be read: {missing.Message}", missing);
        }
    }

    /// <summary>Of the line read last, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Of everything in front of the footer, once that is read.</summary>
    public byte[]? Sha256 { get; private set; }

    /// <returns>Null behind the footer.</returns>
    /// <exception cref="ExitException">The next line is not one of an export, or not the one that was written.</exception>
    public LedgerLine? Next()
    {
        Line++;
        if (Sha256 is not null)
            return NextBytes() is null ? null : throw Fault("there is something behind the footer.");
        var bytes = NextBytes() ?? throw Fault("the file ends here without a footer: the rest of it is missing.");
        LedgerLine line;
        try
        {
            line = LineParser.Parse(bytes);
        }
        catch (FormatException wrong)
        {
            throw Fault(wrong.Message, wrong);
        }

        if (line is LedgerLine.Footer footer)
            Close(footer);
        else
            _hash.AppendData(bytes.Span);
        _counts = _counts.With(line);
        return line;
    }

    /// <summary>Something is wrong with the line read last.</summary>
    public ExitException Fault(string what, Exception? cause = null) => new($"Line {Line}: {what} Nothing was imported.", cause);

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    private void Close(LedgerLine.Footer footer)
    {
        if (footer.Counts != _counts)
            throw Fault($"the footer counts {footer.Counts}, the file has {_counts}.");
        var sha256 = _hash.GetHashAndReset();
        if (!sha256.AsSpan().SequenceEqual(footer.Sha256))
            throw Fault("the footer's SHA-256 is not that of what is in front of it: the file was changed.");
        Sha256 = sha256;
    }

    /// <returns>A line with its LF; null at the end.</returns>
    private ReadOnlyMemory<byte>? NextBytes()
    {
        var searched = _start;
        while (true)
        {
            var feed = _buffer.AsSpan(searched, _end - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + feed + 1 - _start);
                _start += line.Length;
                return line;
            }

            searched = _end - _start;
            if (!Fill())
                return _start == _end ? null : throw Fault("the file ends within this line.");
        }
    }

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine)
                throw Fault("it is longer than any line of an export.");
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        try
        {
            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            return read > 0;
        }
        catch (InvalidDataException damaged)
        {
            throw Fault("the file cannot be unpacked from here on: it is damaged or cut off.", damaged);
        }
    }
}
