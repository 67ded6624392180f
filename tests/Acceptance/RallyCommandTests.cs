using System.Net.Http.Json;
using System.Text.Json;
using Rally.Bot.Commands;
using Rally.Bot.Demo;
using Rally.Bot.DiscordApi.Rest;

namespace Rally.Acceptance.Tests;

/// <summary><c>/rally</c> as who manages a server uses it, and how commands are told to Discord.</summary>
public sealed class RallyCommandTests
{
    [Fact]
    public async Task The_doctor_finds_what_is_wrong_and_says_how_to_mend_it()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.SaysAsync(town.Creator, "rally", "status", "This server's coin is **PTM**; it has 1 tiers.");
        await town.SaysAsync(town.Creator, "rally", "doctor", "Everything is as the bot needs it.");

        using var http = new HttpClient();
        await ArrangeAsync(new { position = 1 });
        var blocked = await RunAsync(town);
        Assert.Contains($"❌ The bot cannot give these roles of tiers: <@&{town.Gold}>", blocked, StringComparison.Ordinal);
        await ArrangeAsync(new { permissions = "0" });
        Assert.Contains("❌ The bot lacks the permission Manage Roles", await RunAsync(town), StringComparison.Ordinal);

        await town.Inside<DiscordRest>().BulkOverwriteGuildCommandsAsync(ApplicationId(town), town.Sandbox.GuildId, town.Inside<CommandDefinitions>().All, default);
        await town.Inside<DiscordRest>().BulkOverwriteGlobalCommandsAsync(ApplicationId(town), [], default);
        Assert.Contains("❌ Discord lacks some of the bot's commands: coin, tier, rally", await RunAsync(town), StringComparison.Ordinal);
        town.Network.IsUnreachable = true;
        Assert.Contains("❌ The Rally network cannot be reached", await RunAsync(town), StringComparison.Ordinal);

        async Task ArrangeAsync(object change)
        {
            using var answer = await http.PatchAsJsonAsync(new Uri(town.Sandbox.Page, $"sandbox/api/roles/{town.Discord.RoleId("Rally Bot")}"), change);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task The_export_holds_what_is_kept_of_the_server_and_nothing_of_links()
    {
        await using var town = await Town.WithGoldTierAsync();
        var fan = await town.NewLinkedFanAsync();
        await town.SendAsync(town.Creator, fan, "60");
        await town.RoleBecomesAsync(fan, true);
        await town.SettledAsync();
        var reply = await town.Discord.AskAsync(town.Creator, "rally", "export", CancellationToken.None);
        var file = Assert.Single(reply.Message.GetProperty("attachments").EnumerateArray());
        Assert.EndsWith(".json", file.GetProperty("filename").GetString(), StringComparison.Ordinal);

        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(file.GetProperty("url").GetString()!));
        using var json = JsonDocument.Parse(text);
        Assert.Equal("PTM", json.RootElement.GetProperty("guild")[0].GetProperty("coin").GetString());
        var tier = json.RootElement.GetProperty("rules")[0].GetProperty("document").GetProperty("tiers")[0];
        Assert.Equal(town.Gold, tier.GetProperty("role").GetUInt64());
        Assert.Equal(45_000_000, tier.GetProperty("when").GetProperty("coins")[0].GetProperty("leave").GetInt64());
        Assert.Contains(json.RootElement.GetProperty("standing").EnumerateArray(), one => one.GetProperty("user_id").GetString() == $"{fan}");
        Assert.Contains(json.RootElement.GetProperty("decision").EnumerateArray(), made => made.GetProperty("user_id").GetString() == $"{fan}");
        Assert.DoesNotContain("tokens", text, StringComparison.Ordinal);
        Assert.DoesNotContain("rally_id", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_manages_the_server_has_the_command()
    {
        await using var town = await Town.WithGoldTierAsync();
        foreach (var subcommand in (string[])["setup", "status", "doctor", "export"])
        {
            var refused = await Assert.ThrowsAsync<DemoException>(() => town.RunAsync(town.Fan, "rally", subcommand));
            Assert.Contains("no command /rally that this member may use", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Commands_are_told_to_discord_only_when_they_changed()
    {
        await using var town = await Town.BuildAsync();
        var registration = town.Inside<CommandRegistration>();
        Assert.False(await registration.ExecuteAsync(default)); // told at the start
        await town.Inside<DiscordRest>().BulkOverwriteGlobalCommandsAsync(ApplicationId(town), [], default);
        Assert.False(await registration.ExecuteAsync(default)); // Discord's side is not asked
        Assert.NotEmpty(await registration.FindMissingAsync(ApplicationId(town), default));
        Assert.True(await registration.ExecuteAsync(default));
        Assert.Empty(await registration.FindMissingAsync(ApplicationId(town), default));
        await town.StopBotAsync();
        await town.StartBotAsync();
        Assert.False(await town.Inside<CommandRegistration>().ExecuteAsync(default));
    }

    [Theory]
    [InlineData("es-ES", "¿Enviar **5 PTM**", "Enviar", "Has enviado **5 PTM**", "Aún no se ha movido nada.")]
    [InlineData("es-419", "¿Enviar **5 PTM**", "Enviar", "Has enviado **5 PTM**", "Aún no se ha movido nada.")]
    [InlineData("fr", "Envoyer **5 PTM**", "Envoyer", "Vous avez envoyé **5 PTM**", "Rien n'a encore bougé.")]
    [InlineData("ja", "**5 PTM**を", "送る", "に送りました", "まだ動きはありません。")]
    [InlineData("de", "Send **5 PTM**", "Send", "You sent **5 PTM**", "Nothing has moved yet.")]
    public async Task Everybody_is_answered_in_their_own_language(string locale, string question, string button, string done, string nothing)
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        await town.SpeaksAsync(town.Creator, locale);
        await town.SpeaksAsync(town.Fan, locale);
        await town.SaysAsync(town.Fan, "coin", "history", nothing);
        var asked = await town.Discord.AskAsync(town.Creator, "coin", "send", CancellationToken.None, ("member", $"{town.Fan}"), ("amount", "5"));
        Assert.Contains(question, asked.Text, StringComparison.Ordinal);
        Assert.Contains(done, (await town.Discord.PressAsync(town.Creator, asked, button, CancellationToken.None)).Text, StringComparison.Ordinal);
        await town.SaysAsync(town.Discord.MemberId("nova"), "coin", "balance", "You have no linked Rally account");
    }

    private static Task<string> RunAsync(Town town) => town.RunAsync(town.Creator, "rally", "doctor");

    private static ulong ApplicationId(Town town) => town.Sandbox.ApplicationId;
}
