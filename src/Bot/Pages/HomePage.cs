using Rally.Bot.Network;

namespace Rally.Bot.Pages;

/// <summary>The start page: what this is, and where to go.</summary>
internal static class HomePage
{
    public static void MapHomePage(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", async (Installation installation, CancellationToken stop) =>
        {
            var network = (await installation.GetAsync(stop)).NetworkPublicUrl;
            var (account, explorer) = (new Uri(network, "account").ToString(), new Uri(network, "explorer").ToString());
            return Page.Show("Rally", new Html($"""
                <p>A home for creator coins. Fans link their account from Discord with <code>/coin join</code>.</p>
                <p><a href="{account}">Your account</a></p>
                <p><a href="{explorer}">Coins and their log</a></p>
                """));
        });
}
