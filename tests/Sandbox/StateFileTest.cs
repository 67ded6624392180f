using Rally.Testing;
using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class StateFileTest
{
    [Fact]
    public async Task A_restart_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var options = new SandboxOptions { StateFile = Path.Combine(folder.Path, "sandbox", "state.json"), RateLimits = new() { Enabled = false } };
        string token, key, message;
        IReadOnlyList<SandboxEntry> roles;
        await using (var sandbox = await StartAsync(options))
        {
            (token, key) = (sandbox.Server.BotToken, sandbox.Server.PublicKey);
            await sandbox.BotAsync("POST", $"guilds/{Guild}/roles", new { name = "Platinum" });
            await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
            await sandbox.PageAsync("POST", "members", new { username = "newcomer" });
            await sandbox.RegisterAsync(new { name = "coin", description = "x" });
            message = (string)(await sandbox.BotAsync("POST", $"channels/{General}/messages", new { content = "kept" }))["id"]!;
            roles = sandbox.Server.Roles;
        }

        await using var again = await StartAsync(options);
        Assert.Equal((token, key), (again.Server.BotToken, again.Server.PublicKey));
        Assert.Equal(roles, again.Server.Roles);
        Assert.Contains("newcomer", again.Server.Members.Select(member => member.Name));
        var fan = await again.BotAsync("GET", $"guilds/{Guild}/members/{Fan}");
        Assert.Equal($"{Bronze}", (string?)Assert.Single(fan["roles"]!.AsArray()));
        Assert.Single((await again.BotAsync("GET", $"applications/{Bot}/guilds/{Guild}/commands")).Body!.AsArray());
        Assert.Equal("kept", (string?)(await again.BotAsync("GET", $"channels/{General}/messages/{message}"))["content"]);
        Assert.False(File.Exists(options.StateFile + ".new"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(options.StateFile!));
    }

    [Fact]
    public async Task A_file_that_is_no_state_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "state.json");
        await File.WriteAllTextAsync(file, "{ half");
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => StartAsync(new SandboxOptions { StateFile = file }));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }
}
