using System.Text.Json;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

public sealed class DemoTests
{
    private static readonly Dictionary<string, string> NoSettings = [];

    [Theory, EachEngine]
    public async Task The_story_plays_to_its_end_twice_on_the_same_data(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 2; i++)
        {
            using var demo = BotProcess.Start(NoSettings, "demo", "--once", "--data", folder.Path, "--store", store.Setting);
            var code = await demo.ExitAsync(TimeSpan.FromSeconds(90));
            Assert.True(code == 0, demo.Output);
            Assert.Contains("Gold goes", demo.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Demo_json_names_what_other_programs_need()
    {
        using var folder = new TemporaryFolder();
        using var demo = BotProcess.Start(NoSettings, "demo", "--data", folder.Path, "--port", "0");
        var file = Path.Combine(folder.Path, "demo.json");
        await Eventually.TrueAsync(() => File.Exists(file) || demo.HasExited, "demo.json", TimeSpan.FromSeconds(60));
        Assert.False(demo.HasExited, demo.Output);

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        var root = json.RootElement;
        var sandbox = root.GetProperty("sandbox");
        Assert.EndsWith("/api/v10", sandbox.GetProperty("discordApi").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("ws://", sandbox.GetProperty("gateway").GetString(), StringComparison.Ordinal);
        Assert.Contains(sandbox.GetProperty("roles").EnumerateArray(), role => role.GetProperty("name").GetString() == "Gold");
        Assert.Equal(["PTM", "ALLIE", "KSK", "CLOTH"], root.GetProperty("coins").EnumerateArray().Select(coin => coin.GetProperty("symbol").GetString()));
        Assert.All(root.GetProperty("accounts").EnumerateArray(), account => Assert.True(account.GetProperty("rallyId").TryGetGuid(out _)));

        using var http = new HttpClient();
        var member = sandbox.GetProperty("members")[0].GetProperty("id").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{sandbox.GetProperty("discordApi").GetString()}/guilds/{sandbox.GetProperty("guildId").GetString()}/members/{member}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bot {sandbox.GetProperty("botToken").GetString()}");
        using var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode);
        using var page = await http.GetAsync(new Uri(sandbox.GetProperty("page").GetString()!));
        Assert.True(page.IsSuccessStatusCode);
        using var network = await http.GetAsync(new Uri(new Uri(root.GetProperty("network").GetString()!), "api/coins"));
        Assert.True(network.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_clear_sentence()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var folder = new TemporaryFolder();
        using var demo = BotProcess.Start(NoSettings, "demo", "--data", folder.Path, "--port", $"{((System.Net.IPEndPoint)taken.LocalEndpoint).Port}");
        Assert.Equal(1, await demo.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("--port", demo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", demo.Output, StringComparison.Ordinal);
    }
}
