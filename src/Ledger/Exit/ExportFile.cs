using System.IO.Compression;
using System.Security.Cryptography;
using Rally.Storage.Files;

namespace Rally.Ledger.Exit;

/// <summary>
/// A file that is written under another name beside its own and renamed when whole, for its owner's eyes only; packed with
/// gzip when its name ends with .gz.
/// </summary>
internal sealed class ExportFile : IDisposable
{
    private readonly string _path;
    private readonly string _unfinished;
    private readonly FileStream _file;
    private readonly Stream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _isFinished;

    /// <exception cref="ExitException">There is something with this name, or nothing can be written there.</exception>
    public ExportFile(string path)
    {
        _path = Path.GetFullPath(path);
        if (Path.Exists(_path))
            throw new ExitException($"{_path} is there already. Name a file that does not exist.");
        _unfinished = $"{_path}.unfinished-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        try
        {
            _file = DurableFile.CreatePrivate(_unfinished, bufferSize: 1 << 16);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new ExitException($"{_path} cannot be written: {denied.Message}", denied);
        }

        _stream = _path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new BufferedStream(new GZipStream(_file, CompressionLevel.Optimal, leaveOpen: true), 1 << 16)
            : _file;
    }

    public string FullPath => _path;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _stream.Write(bytes);
    }

    /// <summary>SHA-256 over everything written so far, before it is packed.</summary>
    public byte[] Sha256() => _hash.GetCurrentHash();

    /// <summary>Flushes everything to disk and gives the file its name.</summary>
    public void Finish()
    {
        if (_stream != _file)
            _stream.Dispose();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        DurableFile.Rename(_unfinished, _path);
        _isFinished = true;
    }

    public void Dispose()
    {
        _hash.Dispose();
        if (_isFinished)
            return;
        try
        {
            if (_stream != _file)
                _stream.Dispose();
            _file.Dispose();
        }
        catch (IOException)
        {
            // A full disk takes nothing any more; what there is goes anyway.
        }

        File.Delete(_unfinished);
    }
}
