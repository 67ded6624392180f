using System.Globalization;
using Rally.Storage.Backups;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>One line on a terminal's standard error that is written over as a backup goes on; nothing where the output is a file.</summary>
internal sealed class ProgressLine : IProgress<BackupProgress>, IDisposable
{
    private readonly bool _isShown = !Console.IsErrorRedirected;
    private int _width;

    public void Report(BackupProgress value)
    {
        if (!_isShown)
            return;
        var step = value.Step == BackupStep.Copying ? "copying" : "checking";
        var text = string.Create(CultureInfo.InvariantCulture, $"{step} {value.Table}: {value.Rows:N0} of {value.Total:N0} rows");
        Console.Error.Write($"\r{text.PadRight(_width)}");
        _width = text.Length;
    }

    public void Clear()
    {
        if (_width > 0)
            Console.Error.Write($"\r{new string(' ', _width)}\r");
        _width = 0;
    }

    public void Dispose() => Clear();
}
