using System.Text.Json;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

public sealed class InteractionReaderTests
{
    [Fact]
    public void A_command_gives_its_path_and_typed_values()
    {
        var command = Assert.IsType<CommandInteraction>(Read(Samples.Command));
        Assert.Equal("role add", command.Path);
        Assert.Equal((100UL, 9UL, "Mod", "en-GB"), (command.GuildId, command.ChannelId, command.User.DisplayName, command.Origin.Locale));
        Assert.True(command.MemberMay(Permissions.ManageRoles));

        var options = command.Options;
        Assert.Equal((4UL, "fan"), (options.Id("member"), options.User("member")!.Username));
        Assert.Equal([6UL], options.Member("member")!.Roles);
        Assert.Equal("Holder", options.Role("role")!.Name);
        Assert.Equal("general", options.Channel("where")!.Name);
        Assert.Equal(60, options.Integer("minimum"));
        Assert.Equal(0.125m, options.Number("share"));
        Assert.Equal("hi", options.Text("note"));
        Assert.True(options.Boolean("loud"));
        Assert.Null(options.Text("left out"));
        Assert.Null(options.Integer("note"));
    }

    [Fact]
    public void A_press_gives_its_custom_id_and_message()
    {
        var press = Assert.IsType<ComponentInteraction>(Read(Samples.Press));
        Assert.Equal(("claim:7", 555UL), (press.CustomId, press.MessageId));
        Assert.False(press.MemberMay(Permissions.ManageRoles));
    }

    [Fact]
    public void A_modal_gives_its_fields_from_labels_and_from_rows()
    {
        var modal = Assert.IsType<ModalInteraction>(Read(Samples.Modal));
        Assert.Equal(("60", "hi"), (modal.Fields["amount"], modal.Fields["note"]));
        Assert.Null(modal.GuildId);
        Assert.Equal(Permissions.None, modal.MemberPermissions);
        Assert.False(modal.FromComponent);
    }

    [Fact]
    public void Typing_gives_the_focused_option()
    {
        var typing = Assert.IsType<AutocompleteInteraction>(Read(Samples.Typing));
        Assert.Equal(("coin", "symbol", "pt"), (typing.Path, typing.Focused, typing.FocusedText));
    }

    [Fact]
    public void A_kind_nobody_knows_yet_is_left_alone() =>
        Assert.Null(Read(Samples.Press.Replace("\"type\":3", "\"type\":99", StringComparison.Ordinal)));

    [Fact]
    public void What_lacks_a_user_is_refused() =>
        Assert.Throws<JsonException>(() => Read("""{"id":"1","application_id":"2","type":2,"token":"t","data":{"name":"x"}}"""));

    [Fact]
    public void Command_definitions_are_written_as_Discord_takes_them()
    {
        var json = JsonSerializer.Serialize(
            new ApplicationCommand("role", "Roles")
            {
                DefaultMemberPermissions = Permissions.ManageRoles,
                Contexts = [InteractionContext.Guild],
                Options =
                [
                    new(CommandOptionType.Subcommand, "add", "Add one")
                    {
                        Options = [new(CommandOptionType.Integer, "minimum", "At least") { Required = true, MinValue = 1, Choices = [new("sixty", 60)] }],
                    },
                ],
            },
            DiscordJson.Options);
        Assert.Equal(
            """{"name":"role","description":"Roles","options":[{"type":1,"name":"add","description":"Add one","options":[{"type":4,"name":"minimum","description":"At least","required":true,"choices":[{"name":"sixty","value":60}],"min_value":1}]}],"default_member_permissions":268435456,"contexts":[0]}""",
            json);
    }

    private static Interaction? Read(string json) => InteractionReader.TryRead(JsonDocument.Parse(json).RootElement, receivedAt: 0);
}
