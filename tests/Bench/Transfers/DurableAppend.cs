using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rally.Bench.Transfers;

/// <summary>The least that a durable write costs on this disk: 4 KiB at a file's end, and fdatasync.</summary>
internal sealed class DurableAppend(string path) : IDisposable
{
    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
    private readonly byte[] _page = new byte[4_096];
    private long _end;

    public void Write()
    {
        RandomAccess.Write(_file, _page, _end);
        _end += _page.Length;
        if (Synchronize((int)_file.DangerousGetHandle()) != 0)
            throw new IOException($"fdatasync: error {Marshal.GetLastPInvokeError()}");
    }

    public void Dispose() => _file.Dispose();

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronize(int file);
}
