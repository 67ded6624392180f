using System.Text;
using System.Text.Json.Nodes;
using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

/// <summary>Languages, menus and files, as Discord takes and refuses them.</summary>
public sealed class LocalizationTest
{
    private static readonly string Root = $"applications/{Bot}/commands";

    [Fact]
    public async Task Other_languages_have_known_locales_and_the_limits_of_what_they_stand_for()
    {
        await using var sandbox = await StartAsync();
        var refused = await sandbox.BotAsync("POST", Root, new
        {
            name = "coin",
            name_localizations = new { fr = "Pièce" },
            description = "x",
            description_localizations = new { de = "", klingon = "x", ja = new string('x', 101) },
            options = new[] { new { type = 3, name = "o", description = "x", choices = new[] { new { name = "a", name_localizations = new { xx = "b" }, value = "a" } } } },
        });
        Assert.Equal((400, 50035), (refused.Status, refused.Code));
        var errors = refused["errors"]!;
        Assert.Equal("APPLICATION_COMMAND_INVALID_NAME", Code(errors["name_localizations"]!["fr"]));
        Assert.Equal("BASE_TYPE_BAD_LENGTH", Code(errors["description_localizations"]!["de"]));
        Assert.Equal("ENUM_TYPE_COERCE", Code(errors["description_localizations"]!["klingon"]));
        Assert.Equal("BASE_TYPE_BAD_LENGTH", Code(errors["description_localizations"]!["ja"]));
        Assert.Equal("ENUM_TYPE_COERCE", Code(errors["options"]!["0"]!["choices"]!["0"]!["name_localizations"]!["xx"]));

        var taken = await sandbox.BotAsync("POST", Root, new { name = "coin", description = "x", description_localizations = new { ja = "コイン" } });
        Assert.Equal("コイン", (string?)taken["description_localizations"]!["ja"]);
    }

    [Fact]
    public async Task A_menu_command_reaches_the_bot_with_its_target_in_the_members_language()
    {
        await using var sandbox = await StartAsync();
        var refused = await sandbox.BotAsync("POST", Root, new { name = "Coin balance", type = 2, description = "x" });
        Assert.Equal("APPLICATION_COMMAND_DESCRIPTION_INVALID", Code(refused["errors"]!["description"]));
        await sandbox.RegisterAsync(new { name = "Coin balance", type = 2, name_localizations = new { fr = "Solde de jetons" } });
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);
        Assert.Equal(400, (await sandbox.PageAsync("PATCH", $"members/{Fan}", new { locale = "klingon" })).Status);
        Assert.Equal(200, (await sandbox.PageAsync("PATCH", $"members/{Fan}", new { locale = "fr" })).Status);

        object Choose(string command, ulong target) => new { memberId = $"{Fan}", channelId = $"{General}", command, targetId = $"{target}" };
        Assert.Equal(400, (await sandbox.PageAsync("POST", "menus", Choose("Nothing", Nova))).Status);
        Assert.Equal(400, (await sandbox.PageAsync("POST", "menus", Choose("Coin balance", 1))).Status);
        var outcome = sandbox.PageAsync("POST", "menus", Choose("Coin balance", Nova));
        var interaction = await gateway.EventAsync("INTERACTION_CREATE");
        Assert.Equal((2, "fr"), ((int)interaction["type"]!, (string?)interaction["locale"]));
        Assert.Equal((2, $"{Nova}"), ((int)interaction["data"]!["type"]!, (string?)interaction["data"]!["target_id"]));
        Assert.Equal("nova", (string?)interaction["data"]!["resolved"]!["users"]![$"{Nova}"]!["username"]);
        await sandbox.RespondAsync(interaction, new { type = 4, data = new { content = "Rien." } });
        Assert.Equal("Rien.", (string?)(await outcome)["message"]!["content"]);
    }

    [Fact]
    public async Task A_file_comes_with_a_message_and_can_be_fetched()
    {
        await using var sandbox = await StartAsync();
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Authorization", "Bot " + sandbox.Server.BotToken);
        var address = new Uri($"{sandbox.Server.DiscordApi}/channels/{General}/messages");

        var posted = await PostAsync("""{"content":"Here.","attachments":[{"id":"0","filename":"a.txt","description":"A text"}],"embeds":[{"image":{"url":"attachment://a.txt"}}]}""");
        var attachment = posted["attachments"]![0]!;
        Assert.Equal(("a.txt", "A text", 5), ((string?)attachment["filename"], (string?)attachment["description"], (int)attachment["size"]!));
        Assert.Equal("bytes", await http.GetStringAsync(new Uri((string)attachment["url"]!)));
        Assert.Equal(50035, (int)(await PostAsync("""{"content":"x","attachments":[{"id":"7","filename":"a.txt"}]}"""))["code"]!);
        Assert.Equal(50035, (int)(await PostAsync("""{"content":"x","embeds":[{"image":{"url":"file:///a"}}]}"""))["code"]!);
        Assert.Equal(50109, (int)(await PostAsync("{"))["code"]!);

        async Task<JsonNode> PostAsync(string payload)
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent(payload, Encoding.UTF8, "application/json"), "payload_json" },
                { new ByteArrayContent("bytes"u8.ToArray()), "files[0]", "a.txt" },
            };
            using var answer = await http.PostAsync(address, form);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }
    }

    private static string? Code(JsonNode? errors) => (string?)errors?["_errors"]?[0]?["code"];
}
