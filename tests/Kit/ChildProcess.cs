using System.Diagnostics;

namespace Rally.Testing;

/// <summary>A test project's own program as another process, which is killed when the test ends.</summary>
public sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ChildProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The command line that runs the assembly of <paramref name="program"/> with these arguments.</summary>
    public static string[] Command(Type program, params string[] arguments) => [Environment.ProcessPath!, program.Assembly.Location, .. arguments];

    public static ChildProcess Start(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // It lives for a moment: what would make it quicker later only keeps it from starting.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "0";
        return new(Process.Start(start)!);
    }

    /// <summary>The next line it prints.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var tooLong = new CancellationTokenSource(Enough);
        return await _process.StandardOutput.ReadLineAsync(tooLong.Token)
            ?? throw new InvalidOperationException($"The child process ended: {await _errors}");
    }

    /// <summary>Ends it with SIGKILL, so that none of its code runs any more; returns the whole lines that nobody has read.</summary>
    /// <exception cref="InvalidOperationException">It had ended by itself, which it never should.</exception>
    public async Task<string[]> KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        const int killed = 128 + 9;
        if (_process.ExitCode != killed)
            throw new InvalidOperationException($"The child process ended by itself: {await _errors}");
        var unread = await _process.StandardOutput.ReadToEndAsync();
        return unread[..(unread.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Waits until it ends by itself; all it printed, errors last.</summary>
    public async Task<(int Code, string Output)> EndAsync()
    {
        using var tooLong = new CancellationTokenSource(Enough);
        var output = await _process.StandardOutput.ReadToEndAsync(tooLong.Token);
        await _process.WaitForExitAsync(tooLong.Token);
        return (_process.ExitCode, output + await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
