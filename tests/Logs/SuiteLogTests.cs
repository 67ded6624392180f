using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Testing;
using Xunit;

namespace Rally.Logs.Tests;

/// <summary>Reads what all hosts of the run have logged: tests/run.sh runs these last.</summary>
public sealed class SuiteLogTests
{
    private const int MostShown = 40;

    [SuiteFact]
    public void No_secret_is_in_what_the_suite_has_logged()
    {
        var scan = new SecretScan(Directory.EnumerateFiles(SuiteLog.Folder!, "*.secrets").SelectMany(File.ReadLines).ToHashSet());
        var (lines, faults) = (0L, new List<string>());
        foreach (var file in Directory.EnumerateFiles(SuiteLog.Folder!, "*.log").Where(file => !IsOurs(file)))
        {
            foreach (var line in File.ReadLines(file))
            {
                lines++;
                var isPrinted = line.StartsWith(SuiteLog.Printed, StringComparison.Ordinal);
                if (scan.FaultOf(isPrinted ? line[SuiteLog.Printed.Length..] : line, isPrinted) is { } fault)
                    faults.Add($"{Path.GetFileName(file)}: {fault} in: {line[..Math.Min(160, line.Length)]}");
            }
        }

        Assert.True(faults.Count == 0, $"{faults.Count} of {lines} lines:\n{string.Join('\n', faults.Take(MostShown))}");
        // Where nothing was collected, nothing was looked at.
        if (Directory.EnumerateFiles(SuiteLog.Folder!, "*.log").Any(file => Path.GetFileName(file).StartsWith("Rally.Auth.Tests-", StringComparison.Ordinal)))
            Assert.True(lines > 1_000, $"{lines} lines were collected");
    }

    [SuiteFact]
    public async Task What_any_host_logs_is_collected_and_a_secret_in_it_found()
    {
        var planted = $"planted-{Guid.NewGuid():N}";
        SuiteLog.Secret(planted);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.None);
        await using (var app = builder.Build())
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Rally.Planted").LogDebug("the secret is {Planted}", planted);

        var known = Directory.EnumerateFiles(SuiteLog.Folder!, "*.secrets").Where(IsOurs).SelectMany(ReadShared).ToList();
        Assert.Contains(planted, known);
        var scan = new SecretScan(known);
        var line = Directory.EnumerateFiles(SuiteLog.Folder!, "*.log").Where(IsOurs).SelectMany(ReadShared).Single(line => line.Contains(planted, StringComparison.Ordinal));
        Assert.StartsWith("a secret of the tests", scan.FaultOf(line), StringComparison.Ordinal);
    }

    private static bool IsOurs(string file) => Path.GetFileName(file).StartsWith("Rally.Logs.Tests-", StringComparison.Ordinal);

    private static IEnumerable<string> ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd().Split(Environment.NewLine);
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SuiteFactAttribute : FactAttribute
    {
        public SuiteFactAttribute()
        {
            if (SuiteLog.Folder is null)
                Skip = "Nothing is collected: RALLY_SUITE_LOG is not set. tests/run.sh sets it.";
        }
    }
}
