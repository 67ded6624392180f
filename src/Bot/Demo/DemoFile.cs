using System.Text.Encodings.Web;
using System.Text.Json;
using Rally.Sandbox;

namespace Rally.Bot.Demo;

/// <summary>demo.json: where everything is and who can sign in, for other programs.</summary>
internal static class DemoFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // read as JSON, never put into a page
    };

    public static async Task<string> WriteAsync(
        string folder, Uri network, SandboxServer sandbox, IReadOnlyList<DemoSeed.Account> accounts, CancellationToken stop)
    {
        var content = new
        {
            network = Trimmed(network),
            sandbox = new
            {
                page = Trimmed(sandbox.Page),
                discordApi = sandbox.DiscordApi.ToString(),
                gateway = sandbox.Gateway.ToString(),
                botToken = sandbox.BotToken,
                guildId = $"{sandbox.GuildId}",
                applicationId = $"{sandbox.ApplicationId}",
                publicKey = sandbox.PublicKey,
                members = Entries(sandbox.Members.Where(member => member.Id != sandbox.ApplicationId)),
                roles = Entries(sandbox.Roles),
                channels = Entries(sandbox.Channels),
            },
            accounts = accounts.Select(account => new { account.Username, account.Password, account.RallyId }),
            coins = DemoSeed.Coins.Select(coin => new { coin.Symbol, coin.Name, creator = DemoSeed.Creator, creatorRallyId = accounts[0].RallyId }),
        };

        // Renamed into place, so that whoever waits for the file never reads half of it.
        var path = Path.Combine(folder, "demo.json");
        await File.WriteAllTextAsync(path + ".new", JsonSerializer.Serialize(content, Format), stop);
        File.Move(path + ".new", path, overwrite: true);
        return path;
    }

    private static string Trimmed(Uri address) => address.ToString().TrimEnd('/');

    private static IEnumerable<object> Entries(IEnumerable<SandboxEntry> entries) =>
        entries.Select(entry => new { id = $"{entry.Id}", name = entry.Name });
}
