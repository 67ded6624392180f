using System.Diagnostics;
using Xunit;

namespace Rally.Ledger.Tests.Crashes;

/// <summary>A fact that mounts a small disk of its own, skipped with the reason where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespacesFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Probe);

    public NamespacesFactAttribute() => Skip = Missing.Value;

    private static string? Probe()
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo("unshare", ["-rm", "sh", "-c", "mount -t tmpfs none /mnt"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            var error = probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : $"No disk of its own can be mounted here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            return $"No disk of its own can be mounted here: unshare: {absent.Message}";
        }
    }
}
