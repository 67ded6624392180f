using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Rally.Bot.Commands;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Hosting;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.Commands;

public sealed class PromptTests
{
    [Theory, EachEngine]
    public async Task A_question_outlives_its_asker_and_ends_after_fifteen_minutes(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var clock = new FakeClock();
        var asked = await new Prompts(database, clock).AskAsync(new Asking(), Call(7), "what", default);

        var later = new Prompts(database, clock);
        Assert.Equal(asked, await later.FindAsync(asked.Id, default));
        Assert.Equal(("coin ask", 7ul, 9ul, "what"), (asked.Command, asked.UserId, asked.GuildId, asked.Read<string>()));
        clock.Jump(Prompts.Lifetime - TimeSpan.FromSeconds(1));
        Assert.NotNull(await later.FindAsync(asked.Id, default));
        clock.Jump(TimeSpan.FromSeconds(1));
        Assert.Null(await later.FindAsync(asked.Id, default));
    }

    [Theory, EachEngine]
    public async Task An_answered_question_is_over_and_those_that_ended_are_swept_away(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var clock = new FakeClock();
        var prompts = new Prompts(database, clock);
        var first = await prompts.AskAsync(new Asking(), Call(7), 1, default);
        await prompts.EndAsync(first.Id, default);
        Assert.Null(await prompts.FindAsync(first.Id, default));

        await prompts.AskAsync(new Asking(), Call(7), 2, default);
        clock.Jump(Prompts.Lifetime);
        var last = await prompts.AskAsync(new Asking(), Call(7), 3, default);
        Assert.Equal([last.Id], await database.ReadAsync(connection => connection.QueryAsync<Guid>("SELECT id FROM bot_prompt"), default));
    }

    [Theory, EachEngine]
    public async Task Who_is_shown_is_so_until_they_say_otherwise(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = await OpenAsync(store);
        var shown = new ShownMembers(database, new FakeClock());
        await shown.SetAsync(9, 7, true, default);
        await shown.SetAsync(9, 7, true, default);
        await shown.SetAsync(8, 7, true, default);
        Assert.True(await shown.IsShownAsync(9, 7, default));
        Assert.False(await shown.IsShownAsync(9, 6, default));
        Assert.Empty(await shown.ListAsync(9, default)); // linked to no Rally account
        await shown.SetAsync(9, 7, false, default);
        Assert.False(await shown.IsShownAsync(9, 7, default));
        await shown.ForgetAsync(7, default);
        Assert.False(await shown.IsShownAsync(8, 7, default));
    }

    [Theory]
    [InlineData(7, 9, true, "answered")]
    [InlineData(8, 9, true, "Only the one who ran the command")]
    [InlineData(7, 8, true, "Only the one who ran the command")]
    [InlineData(7, 9, false, "The time for this is over")]
    public async Task Only_who_was_asked_may_answer_where_they_were_asked_and_in_time(ulong user, ulong guild, bool inTime, string words)
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using var database = await OpenAsync(store);
        var clock = new FakeClock();
        var prompts = new Prompts(database, clock);
        var asked = await prompts.AskAsync(new Asking(), Call(7), 1, default);
        if (!inTime)
            clock.Jump(Prompts.Lifetime);
        var dispatcher = new CommandDispatcher([new Asking()], [], prompts, NullLogger<CommandDispatcher>.Instance);
        var origin = new InteractionOrigin { Id = 1, ApplicationId = 2, Token = "t", User = new(user, "u"), GuildId = guild, ReceivedAt = 0 };
        var reply = await dispatcher.HandleAsync(new ComponentInteraction(origin, asked.CustomId("yes"), [], 3), default);
        Assert.Contains(words, Assert.IsType<MessageReply>(reply).Message.Content, StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_id_fits_discord_and_reads_back()
    {
        var prompt = new Prompt(Guid.NewGuid(), "coin ask", 1, 2, "null");
        Assert.InRange(prompt.CustomId("yes").Length, 1, 100);
        Assert.Equal((prompt.Id, "yes"), Prompt.TryParse(prompt.CustomId("yes")));
        Assert.Equal((prompt.Id, "a:b"), Prompt.TryParse(prompt.CustomId("a:b")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("p:")]
    [InlineData("p:123:yes")]
    [InlineData("q:00000000000000000000000000000001:yes")]
    [InlineData("p:00000000000000000000000000000001")]
    public void A_custom_id_of_another_making_is_none(string customId) => Assert.Null(Prompt.TryParse(customId));

    private static async Task<Database> OpenAsync(TestDatabase store)
    {
        var database = Database.Open(store.Setting);
        await new Migrator(database, [new("bot", typeof(BotModule).Assembly)], new FakeClock()).RunAsync();
        return database;
    }

    private static CommandCall Call(ulong user) => CommandCall.Bare(
        new MenuInteraction(new() { Id = 1, ApplicationId = 2, Token = "t", User = new(user, "u"), ReceivedAt = 0 }, "x", 3), 9);

    private sealed class Asking : SlashCommand
    {
        public override string Group => "coin";

        public override CommandOption Definition { get; } = new(CommandOptionType.Subcommand, "ask", "x");

        public override Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop) => throw new NotSupportedException();

        public override Task<InteractionReply> AnswerAsync(Press press, CancellationToken stop) =>
            Task.FromResult<InteractionReply>(InteractionReply.Private("answered"));
    }
}
