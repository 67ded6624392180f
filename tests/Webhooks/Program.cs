using Rally.Webhooks.Tests.Crashes;

namespace Rally.Webhooks.Tests;

/// <summary>What the tests start as another process: a verb, a store's setting and the folder of its keys.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["deliver", var setting, var keys])
            return 2;
        await DeliveringProcess.RunAsync(setting, keys);
        return 0;
    }
}
