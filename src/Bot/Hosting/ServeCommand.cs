using Rally.Auth.Accounts;
using Rally.Bot.Network;

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
            await SayHowToBecomeOperatorAsync(app, stop);
            await app.WaitForShutdownAsync(stop);
            return 0;
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            await Console.Error.WriteLineAsync(explained);
            return 1;
        }
    }

    // On the terminal and not in the log, for the link is a secret.
    private static async Task SayHowToBecomeOperatorAsync(WebApplication app, CancellationToken stop)
    {
        if (app.Services.GetService<FirstOperator>() is not { } first || await first.OfferAsync(stop) is not { } link)
            return;
        var network = (await app.Services.GetRequiredService<Installation>().GetAsync(stop)).NetworkPublicUrl;
        await Console.Out.WriteLineAsync($"This installation has no operator yet. Who opens this link within a day, once, becomes it: {new Uri(network, link)}");
    }
}
