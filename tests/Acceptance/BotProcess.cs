using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The program as an operator runs it: a process of its own, which can be killed.</summary>
internal sealed class BotProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private BotProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>All it printed so far.</summary>
    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    public static BotProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        // The copy that the build put beside this test.
        var program = Path.Combine(AppContext.BaseDirectory, "Rally.Bot.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(), // from anywhere
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new(Process.Start(start)!);
    }

    /// <summary>Waits until <c>/healthz</c> says ready.</summary>
    public async Task ReadyAsync(Uri address)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        await Eventually.TrueAsync(async () =>
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"It exited with {_process.ExitCode}:\n{Output}");
            try
            {
                using var answer = await http.GetAsync(new Uri(address, "healthz"));
                return answer.IsSuccessStatusCode;
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                return false;
            }
        }, "the process is ready", TimeSpan.FromSeconds(60));
    }

    /// <summary>The files and folders that it has the kernel watch, as Linux tells of each in proc_pid_fdinfo(5).</summary>
    public IReadOnlyList<string> Watches()
    {
        var open = Directory.GetFiles($"/proc/{_process.Id}/fdinfo");
        Assert.NotEmpty(open);
        return [.. open.SelectMany(LinesOf).Where(line => line.StartsWith("inotify ", StringComparison.Ordinal))];

        static string[] LinesOf(string file)
        {
            try
            {
                return File.ReadAllLines(file);
            }
            catch (IOException)
            {
                // Closed since it was listed.
                return [];
            }
        }
    }

    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var enough = new CancellationTokenSource(within);
        await _process.WaitForExitAsync(enough.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGINT, as by Ctrl+C.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGKILL: no goodbye of any kind.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    /// <summary>A port nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        _output.Enqueue(line.Data);
        SuiteLog.Print(line.Data);
    }
}
