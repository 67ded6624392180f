using System.Diagnostics;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rally.Testing;

/// <summary>
/// What every host of a test run logs, and what the programs print that it starts, in a file for each process of tests, beside a
/// file of the secrets these have used: tests/Logs looks for the one in the other. Only where RALLY_SUITE_LOG names a folder,
/// as tests/run.sh does.
/// </summary>
public static class SuiteLog
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Known = [];
    private static readonly Timer Flush = new(_ => Flushed(), null, Timeout.Infinite, Timeout.Infinite);
    private static StreamWriter? _lines;
    private static StreamWriter? _secrets;

    /// <summary>What lines begin with that a program has printed.</summary>
    public const string Printed = "printed: ";

    /// <summary>The folder of both files; null when nothing is collected.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable("RALLY_SUITE_LOG") is { Length: > 0 } folder ? folder : null;

    /// <summary>Listens to every host that this process builds from now on, however it is built.</summary>
    /// <param name="tests">Whose process it is.</param>
    public static void Begin(Assembly tests)
    {
        lock (Gate)
        {
            if (Folder is not { } folder || _lines is not null)
                return;
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, $"{tests.GetName().Name}-{Environment.ProcessId}");
            // In whole lines for whoever reads while this writes; a secret by itself is there before it can be logged.
            _lines = new StreamWriter($"{file}.log", append: true, Encoding.UTF8, 64 * 1024);
            _secrets = new StreamWriter($"{file}.secrets", append: true, Encoding.UTF8) { AutoFlush = true };
        }

        Flush.Change(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Flushed();
        DiagnosticListener.AllListeners.Subscribe(new Watcher<DiagnosticListener>(source =>
        {
            if (source.Name == "Microsoft.Extensions.Hosting")
                source.Subscribe(new Watcher<KeyValuePair<string, object?>>(Attach));
        }));
    }

    /// <summary>Tells of a secret that this process has made or received: it must be in no line.</summary>
    public static void Secret(string? value)
    {
        lock (Gate)
        {
            if (_secrets is not null && value is { Length: >= 8 } && Known.Add(value))
                _secrets.WriteLine(value.ReplaceLineEndings("\\n"));
        }
    }

    /// <summary>Keeps a line that a program has printed which a test has started.</summary>
    public static void Print(string line)
    {
        lock (Gate)
            _lines?.WriteLine($"{Printed}{line}");
    }

    private static void Add(string category, string text)
    {
        lock (Gate)
            _lines?.WriteLine($"{category}: {text.ReplaceLineEndings($"{Environment.NewLine}  ")}");
    }

    private static void Flushed()
    {
        lock (Gate)
            _lines?.Flush();
    }

    // The framework tells of a host before it is built, which is how its own tools come to one.
    private static void Attach(KeyValuePair<string, object?> told)
    {
        if (told is { Key: "HostBuilding", Value: IHostBuilder host })
            host.ConfigureServices(services => services.AddSingleton<ILoggerProvider, Collector>().PostConfigure<LoggerFilterOptions>(Open));
    }

    /// <summary>
    /// More than the program logs as it comes: all of ours from Debug on, and of the framework what an operator may well turn on.
    /// What the program itself keeps out by a rule in code stays out.
    /// </summary>
    private static void Open(LoggerFilterOptions options)
    {
        var collector = typeof(Collector).FullName;
        foreach (var rule in options.Rules.Where(rule => rule.Filter is not null && rule.ProviderName is null).ToList())
            options.Rules.Add(new(collector, rule.CategoryName, null, rule.Filter));
        options.Rules.Add(new(collector, null, LogLevel.Information, null));
        options.Rules.Add(new(collector, "Rally", LogLevel.Debug, null));
    }

    private sealed class Watcher<T>(Action<T> see) : IObserver<T>
    {
        public void OnNext(T value) => see(value);

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class Collector : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(categoryName);

        public void Dispose() => Flushed();
    }

    private sealed class Logger(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            if (category.StartsWith("Rally", StringComparison.Ordinal))
                Add(category, $"scope {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(category, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}");
    }
}
