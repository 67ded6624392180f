namespace Rally.Ledger.Tests.Crashes;

/// <summary>Opens a store and says how that went.</summary>
internal static class ReadOnlyProcess
{
    public static async Task RunAsync(string setting)
    {
        try
        {
            await using var ledger = await TestLedger.OpenAsync(setting);
            Console.WriteLine("opened");
        }
        catch (Exception refused)
        {
            Console.WriteLine($"{refused.GetType().Name}: {refused.Message}");
        }
    }
}
