using System.Diagnostics;

namespace Rally.Bench;

/// <summary>This program as another process, which an environment variable tells what to be.</summary>
internal static class BenchProcess
{
    public static Process Start(string variable, string value)
    {
        var name = Environment.GetCommandLineArgs().Skip(1).First(argument => argument != "--quick");
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(BenchProcess).Assembly.Location, name]) { RedirectStandardOutput = true };
        start.Environment[variable] = value;
        return Process.Start(start)!;
    }

    /// <summary>Resident memory of this process in bytes.</summary>
    public static long Resident
    {
        get
        {
            using var self = Process.GetCurrentProcess();
            return self.WorkingSet64;
        }
    }
}
