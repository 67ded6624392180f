namespace Rally.Bot.Hosting;

/// <summary>Serves for real: the network (unless it is remote) and the bot.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(Dictionary<string, string?> overrides, CancellationToken stop)
    {
        try
        {
            await using var app = RallyHost.Build(overrides);
            await RallyHost.StartAsync(app, stop);
            await app.WaitForShutdownAsync(stop);
            return 0;
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            await Console.Error.WriteLineAsync(explained);
            return 1;
        }
    }
}
