using Rally.Testing;

namespace Rally.Acceptance.Tests;

public sealed class ServeTests
{
    [Fact]
    public async Task Without_a_token_the_network_runs_and_one_line_says_what_to_set()
    {
        using var folder = new TemporaryFolder();
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        using var process = BotProcess.Start(new Dictionary<string, string>(), "--data", folder.Path, "--port", $"{address.Port}");
        await process.ReadyAsync(address);

        using var http = new HttpClient { BaseAddress = address };
        Assert.Equal("""{"coins":[]}""", await http.GetStringAsync("/api/coins"));
        var line = Assert.Single(process.Output.Split('\n'), line => line.Contains("Discord is off", StringComparison.Ordinal));
        Assert.Contains("Discord:Token", line, StringComparison.Ordinal);
        Assert.Contains("Discord:PublicKey", line, StringComparison.Ordinal);

        var operatorLink = Assert.Single(process.Output.Split('\n'), line => line.Contains("no operator yet", StringComparison.Ordinal)).Split(' ')[^1].Trim();
        Assert.StartsWith($"{address}operator/setup?token=", operatorLink, StringComparison.Ordinal);
        Assert.EndsWith("/sign-in", (await http.GetAsync(operatorLink)).RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_folder_is_watched_for_changes_or_each_write_of_the_store_would_be_told_to_the_program()
    {
        using var folder = new TemporaryFolder();
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        using var process = BotProcess.Start(new Dictionary<string, string>(), "--data", folder.Path, "--port", $"{address.Port}");
        await process.ReadyAsync(address);

        Assert.Empty(process.Watches());
    }

    [Fact]
    public async Task A_second_process_on_the_same_sqlite_file_is_turned_away()
    {
        using var folder = new TemporaryFolder();
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        using var first = BotProcess.Start(new Dictionary<string, string>(), "--data", folder.Path, "--port", $"{address.Port}");
        await first.ReadyAsync(address);

        using var second = BotProcess.Start(new Dictionary<string, string>(), "--data", folder.Path, "--port", "0");
        Assert.Equal(1, await second.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("Another process", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Store", "mysql:x", "sqlite:PATH")]
    [InlineData("Listen", "nonsense", "Listen")]
    [InlineData("PublicUrl", "https://rally.example/path", "PublicUrl")]
    [InlineData("Network__Mode", "Remote", "Network:Url")]
    [InlineData("Discord__PublicKey", "abc", "Discord:PublicKey")]
    public async Task A_setting_that_cannot_be_used_is_named(string setting, string value, string named)
    {
        using var folder = new TemporaryFolder();
        using var process = BotProcess.Start(new Dictionary<string, string> { [setting] = value }, "--data", folder.Path);
        Assert.Equal(1, await process.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains(named, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_discord_does_not_know_is_said_and_the_network_goes_on()
    {
        await using var sandbox = await Sandbox.SandboxServer.StartAsync(new(), CancellationToken.None);
        using var folder = new TemporaryFolder();
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        using var process = BotProcess.Start(
            new Dictionary<string, string> { ["Discord__Token"] = "not-the-token", ["Discord__ApiBase"] = sandbox.DiscordApi.ToString() },
            "--data", folder.Path, "--port", $"{address.Port}");
        await Eventually.TrueAsync(() => process.Output.Contains("Reset Token", StringComparison.Ordinal), "the sentence about the token", TimeSpan.FromSeconds(60));

        using var http = new HttpClient { BaseAddress = address };
        Assert.Equal("""{"coins":[]}""", await http.GetStringAsync("/api/coins"));
        Assert.DoesNotContain("not-the-token", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_do_not_belong_to_the_store_are_said_and_nothing_is_overwritten()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var store = $"sqlite:{Path.Combine(folder.Path, "rally.db")}";
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        string[] own = ["--data", folder.Path, "--store", store, "--port", $"{address.Port}"];
        using (var first = BotProcess.Start(new Dictionary<string, string>(), own))
        {
            await first.ReadyAsync(address);
            await first.KillAsync();
        }

        using (var wrong = BotProcess.Start(new Dictionary<string, string>(), "--data", other.Path, "--store", store, "--port", "0"))
        {
            Assert.Equal(1, await wrong.ExitAsync(TimeSpan.FromSeconds(30)));
            Assert.Contains("keys folder", wrong.Output, StringComparison.Ordinal);
        }

        using var again = BotProcess.Start(new Dictionary<string, string>(), own);
        await again.ReadyAsync(address);
    }
}
