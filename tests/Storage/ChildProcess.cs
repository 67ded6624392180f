using System.Diagnostics;

namespace Rally.Storage.Tests;

/// <summary>This assembly's <see cref="Program"/> as another process, which is killed when the test ends.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public static ChildProcess Start(string verb, string setting) => new(Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, [typeof(Program).Assembly.Location, verb, setting])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);

    /// <summary>The next line it prints.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _process.StandardOutput.ReadLineAsync(tooLong.Token)
            ?? throw new InvalidOperationException("The child process ended; its error is in the test's output.");
    }

    /// <summary>Ends it with SIGKILL, so that none of its code runs any more; returns the whole lines that nobody has read.</summary>
    public async Task<string[]> KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        var unread = await _process.StandardOutput.ReadToEndAsync();
        return unread[..(unread.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
