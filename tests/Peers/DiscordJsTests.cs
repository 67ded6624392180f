using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rally.Sandbox;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>The sandbox against discord.js, which most Discord bots are written with.</summary>
public sealed class DiscordJsTests
{
    private const ulong Fan = 1300000000000000022;
    private const ulong Bronze = 1300000000000000011;

    [Fact]
    public async Task A_discord_js_bot_lives_on_the_sandbox()
    {
        await using var sandbox = await SandboxServer.StartAsync(new(), CancellationToken.None);
        using var bot = NodePeer.Start("discord-js.mjs",
            $"{new Uri(sandbox.Page, "api")}", sandbox.BotToken, $"{sandbox.GuildId}", $"{Fan}", $"{Bronze}");
        var log = new BotLog(bot);
        try
        {
            var ready = await log.StepAsync("ready");
            Assert.Equal(("Rally", "Creator Clubhouse"), ((string?)ready["user"], (string?)ready["guild"]));
            Assert.Equal((6, 2), ((int)ready["roles"]!, (int)ready["channels"]!));
            Assert.Equal(["Rally", "ember", "fan", "nova", "portemonnaie", "quill"],
                (await log.StepAsync("members"))["names"]!.AsArray().Select(name => (string?)name));

            var given = await log.StepAsync("memberUpdate");
            Assert.Equal(($"{Fan}", $"{Bronze}"), ((string?)given["member"], (string?)Assert.Single(given["roles"]!.AsArray())));
            Assert.Empty((await log.StepAsync("memberUpdate"))["roles"]!.AsArray());
            var roles = await log.StepAsync("roles");
            Assert.Equal("portemonnaie", (string?)roles["owner"]);
            Assert.Equal((403, 50013), ((int)roles["refusal"]!["status"]!, (int)roles["refusal"]!["code"]!));
            var listening = await log.StepAsync("listening");
            Assert.Equal(("hello", "Diamond", "I am here"),
                ((string?)listening["command"], (string?)listening["role"], (string?)listening["message"]));

            var outcome = await RunAsync(sandbox, "/hello whom:@nova times:2");
            Assert.Equal("answered", (string?)outcome["state"]);
            Assert.Equal($"Hello <@{1300000000000000023}>", (string?)outcome["message"]!["content"]);
            var interaction = await log.StepAsync("interaction");
            Assert.Equal(("hello", "fan", "nova", 2), ((string?)interaction["command"], (string?)interaction["member"],
                (string?)interaction["whom"], (int)interaction["times"]!));
            Assert.True((bool)(await log.StepAsync("answered"))["ephemeral"]!);

            using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await bot.WaitForExitAsync(tooLong.Token);
            Assert.Equal(0, bot.ExitCode);
        }
        finally
        {
            if (!bot.HasExited)
                bot.Kill(entireProcessTree: true);
        }
    }

    private static async Task<JsonNode> RunAsync(SandboxServer sandbox, string text)
    {
        using var page = new HttpClient();
        var channel = sandbox.Channels.Single(candidate => candidate.Name == "general").Id;
        using var response = await page.PostAsJsonAsync(
            new Uri(sandbox.Page, "sandbox/api/commands"), new { memberId = $"{Fan}", channelId = $"{channel}", text });
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>What a bot prints. Steps come in the order of its own events, so one may be asked for after a later one.</summary>
    private sealed class BotLog(System.Diagnostics.Process bot)
    {
        private readonly List<JsonNode> _unread = [];
        private readonly Task<string> _errors = bot.StandardError.ReadToEndAsync();

        public async Task<JsonNode> StepAsync(string step)
        {
            using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (true)
            {
                if (_unread.Find(told => (string?)told["step"] == step) is { } found)
                {
                    _unread.Remove(found);
                    return found;
                }

                var line = await bot.StandardOutput.ReadLineAsync(tooLong.Token)
                    ?? throw new InvalidOperationException($"The bot ended before '{step}': {await _errors}");
                _unread.Add(JsonNode.Parse(line)!);
            }
        }
    }
}
