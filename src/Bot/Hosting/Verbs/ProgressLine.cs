using System.Globalization;
using Rally.Ledger.Blocks;
using Rally.Ledger.Exit;
using Rally.Storage.Backups;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>One line on a terminal's standard error that is written over as work goes on; nothing where the output is a file.</summary>
/// <param name="describe">What the line says.</param>
internal sealed class ProgressLine<T>(Func<T, string> describe) : IProgress<T>, IDisposable
{
    private readonly bool _isShown = !Console.IsErrorRedirected;
    private int _width;

    public void Report(T value)
    {
        if (!_isShown)
            return;
        var text = describe(value);
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

/// <summary>The lines of the verbs that take long.</summary>
internal static class ProgressLine
{
    public static ProgressLine<BackupProgress> OfBackup() => new(value => string.Create(
        CultureInfo.InvariantCulture,
        $"{(value.Step == BackupStep.Copying ? "copying" : "checking")} {value.Table}: {value.Rows:N0} of {value.Total:N0} rows"));

    public static ProgressLine<ExitProgress> OfExit() => new(value => string.Create(
        CultureInfo.InvariantCulture,
        $"{value.Step switch { ExitStep.Exporting => "exporting", ExitStep.Checking => "checking", _ => "importing" }}: {value.Position:N0} of {value.LastPosition:N0} entries"));

    public static ProgressLine<VerifyLedger.Progress> OfVerification() => new(value =>
    {
        const int width = 30;
        var share = value.LastPosition == 0 ? 1 : (double)value.Position / value.LastPosition;
        var done = (int)(share * width);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"[{new string('#', done)}{new string('.', width - done)}] {share:P0} {value.Position:N0} of {value.LastPosition:N0} entries, block {value.Height:N0}");
    });
}
