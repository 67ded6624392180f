using Rally.Ledger.Tests.Crashes;

namespace Rally.Ledger.Tests;

/// <summary>What the tests start as another process: a verb and a store's setting.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["post", var setting, var keys, var seed]:
                await PostingProcess.RunAsync(setting, keys, seed);
                return 0;
            case ["fill", var setting, var make, var mend]:
                await FullDiskProcess.RunAsync(setting, make, mend);
                return 0;
            case ["open", var setting]:
                await ReadOnlyProcess.RunAsync(setting);
                return 0;
            default:
                return 2;
        }
    }
}
