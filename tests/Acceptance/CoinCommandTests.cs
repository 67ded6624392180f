using Rally.Bot.Commands;
using Rally.Bot.Demo;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Linking;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary><c>/coin</c> as members use it, each with what it refuses. One town for all: they read, or send to people of their own.</summary>
public sealed class CoinCommandTests(BadInputTests.SharedTown shared) : IClassFixture<BadInputTests.SharedTown>
{
    private Town Town => shared.Town!;

    [Fact]
    public async Task Sending_asks_with_fee_and_holding_and_sends_once_it_is_confirmed()
    {
        var friend = await Town.NewLinkedFanAsync();
        var question = await AskAsync(Town.Creator, "send", ("member", $"{friend}"), ("amount", "12.5"), ("note", "thanks *you*"));
        Assert.Contains($"Send **12.5 PTM** to <@{friend}>?", question.Text, StringComparison.Ordinal);
        Assert.Contains("> thanks \\*you\\*", question.Text, StringComparison.Ordinal);
        Assert.Contains("Fee: none", question.Text, StringComparison.Ordinal);
        Assert.Contains("You hold", question.Text, StringComparison.Ordinal);
        Assert.Equal(["Send", "Cancel"], question.Buttons.Select(button => button.Label));
        Assert.Equal(64, question.Message.GetProperty("flags").GetInt32() & 64); // for the sender alone
        await Town.SaysAsync(friend, "coin", "balance", "**0 PTM**");

        var done = await PressAsync(Town.Creator, question, "Send");
        Assert.Contains($"You sent **12.5 PTM** to <@{friend}>", done.Text, StringComparison.Ordinal);
        Assert.Empty(done.Buttons);
        await Town.SaysAsync(friend, "coin", "balance", "**12.5 PTM**");
        Assert.Contains(await Town.MessagesAsync(), message => message.Contains($"sent **12.5 PTM** to <@{friend}>.\n“thanks", StringComparison.Ordinal));
        await HistorySaysAsync(friend, "**+12.5 PTM** from another account “thanks \\*you\\*”");
    }

    [Fact]
    public async Task Cancelling_sends_nothing_and_the_button_is_good_for_one_answer()
    {
        var friend = await Town.NewLinkedFanAsync();
        var question = await AskAsync(Town.Creator, "send", ("member", $"{friend}"), ("amount", "3"));
        var yes = question.Button("Send").CustomId;
        Assert.Equal("Nothing was sent.", (await PressAsync(Town.Creator, question, "Cancel")).Text);
        await Town.SaysAsync(friend, "coin", "balance", "**0 PTM**");
        Assert.False(await Town.CanPressAsync(Town.Creator, question.MessageId!, yes)); // the buttons are gone from the message
    }

    [Fact]
    public async Task A_question_of_before_a_restart_is_answered_after_it()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        var question = await town.Discord.AskAsync(
            town.Creator, "coin", "send", CancellationToken.None, ("member", $"{town.Fan}"), ("amount", "2"));
        await town.StopBotAsync();
        await town.StartBotAsync();
        Assert.Contains("You sent **2 PTM**", (await town.Discord.PressAsync(town.Creator, question, "Send", CancellationToken.None)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dollars_need_a_price()
    {
        await Town.SaysAsync(Town.Creator, "coin", "send", "price of PTM in US dollars is not known", ("member", $"{Town.Fan}"), ("amount", "$5"));
        await Town.SaysAsync(Town.Creator, "coin", "send", "price of PTM in US dollars is not known", ("member", $"{Town.Fan}"), ("amount", "5"), ("unit", "USD"));
        await Town.SaysAsync(Town.Creator, "coin", "send", "There is no coin “NOPE”", ("member", $"{Town.Fan}"), ("amount", "5"), ("coin", "NOPE"));
        await Assert.ThrowsAsync<DemoException>(() => AskAsync(Town.Creator, "send", ("member", $"{Town.Fan}"), ("amount", "5"), ("note", new string('x', 281))));
    }

    [Fact]
    public async Task A_donation_goes_to_the_creator()
    {
        var friend = await Town.NewLinkedFanAsync();
        await Town.SendAsync(Town.Creator, friend, "9");
        await Town.SaysAsync(friend, "coin", "donate", "sent **4 PTM** to the creator of PTM", ("amount", "4"));
        await Town.SaysAsync(friend, "coin", "balance", "**5 PTM**");
        await Town.SaysAsync(friend, "coin", "donate", "less than 6", ("amount", "6"));
        await Town.SaysAsync(friend, "coin", "donate", "is not an amount", ("amount", "much"));
        await Town.SaysAsync(Town.Creator, "coin", "donate", "You are the creator", ("amount", "1"));
        await Town.SaysAsync(Town.Discord.MemberId("nova"), "coin", "donate", "/coin join", ("amount", "1"));
    }

    [Fact]
    public async Task What_somebody_holds_is_shown_once_they_say_so()
    {
        var friend = await Town.NewLinkedFanAsync();
        await Town.SendAsync(Town.Creator, friend, "7");
        await Town.SaysAsync(Town.Fan, "coin", "lookup", "does not let others see", ("member", $"{friend}"));
        await Town.SaysAsync(Town.Creator, "coin", "lookup", "**7 PTM**", ("member", $"{friend}")); // who gives roles sees it
        var top = await AskAsync(friend, "top");
        Assert.DoesNotContain($"<@{friend}>", top.Text, StringComparison.Ordinal);

        Assert.Contains($"<@{friend}> **7 PTM**", (await PressAsync(friend, top, "Show what I hold")).Text, StringComparison.Ordinal);
        await Town.SaysAsync(Town.Fan, "coin", "top", $"<@{friend}> **7 PTM**");
        await Town.SaysAsync(Town.Fan, "coin", "lookup", "**7 PTM**", ("member", $"{friend}"));
        Assert.DoesNotContain($"<@{friend}>", (await PressAsync(friend, top, "Hide what I hold")).Text, StringComparison.Ordinal);
        await Town.SaysAsync(Town.Fan, "coin", "lookup", "does not let others see", ("member", $"{friend}"));

        var nova = Town.Discord.MemberId("nova");
        Assert.Contains("/coin join", (await PressAsync(nova, await AskAsync(nova, "top"), "Show what I hold")).Text, StringComparison.Ordinal);
        await Town.SaysAsync(Town.Creator, "coin", "lookup", "no linked Rally account", ("member", $"{nova}"));
        await Town.SaysAsync(Town.Fan, "coin", "top", "There is no coin “NOPE”", ("coin", "NOPE"));
    }

    [Fact]
    public async Task A_long_history_has_pages_that_turn_for_its_owner()
    {
        var friend = await Town.NewLinkedFanAsync();
        for (var amount = 1; amount <= PagedCommand.LinesPerPage + 1; amount++)
            await Town.SendAsync(Town.Creator, friend, $"{amount}");
        await HistorySaysAsync(friend, "Page 1 of 2");
        var first = await AskAsync(friend, "history");
        Assert.Equal(["Next"], first.Buttons.Select(button => button.Label));
        var second = await PressAsync(friend, first, "Next");
        Assert.Contains("**+1 PTM**", second.Text, StringComparison.Ordinal);
        Assert.Equal(["Previous"], second.Buttons.Select(button => button.Label));
        Assert.Equal(first.Text, (await PressAsync(friend, second, "Previous")).Text);
        await Town.SaysAsync(friend, "coin", "history", "Nothing has moved yet", ("coin", "ALLIE"));
        await Town.SaysAsync(Town.Discord.MemberId("nova"), "coin", "history", "/coin join");
    }

    [Fact]
    public async Task Figures_lists_and_help_are_given()
    {
        await Town.SaysAsync(Town.Fan, "coin", "summary", "- Supply: 1000000 PTM");
        await Town.SaysAsync(Town.Fan, "coin", "summary", "**KSK** · Kiosk", ("coin", "ksk"));
        await Town.SaysAsync(Town.Fan, "coin", "list", "- **ALLIE** · Allie's Alley");
        await Town.SaysAsync(Town.Fan, "coin", "price", "not traded here");
        var help = await AskAsync(Town.Fan, "help");
        Assert.All(
            Town.Inside<IEnumerable<SlashCommand>>().Where(command => command.Group == "coin"),
            command => Assert.Contains($"`/{command.Path}`", help.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_price_comes_with_a_picture_of_how_it_went()
    {
        await using var town = await Town.WithGoldTierAsync();
        var creator = (await town.Inside<Links>().FindAsync(town.Creator, default))!.RallyId;
        await town.Inside<LaunchCoin>().ExecuteAsync(new("CRV", "Curve", creator), default);
        await town.SaysAsync(town.Fan, "coin", "price", "Nobody traded it in the last 30 days", ("coin", "CRV"));
        await town.Inside<IssueRly>().ExecuteAsync(creator, Amount.Coins(1_000), "", default);
        using var app = await SpendingApp.RegisterAsync(town);
        var token = await app.TokenOfAsync("portemonnaie", """[{"type":"spending_limit","coin":"RLY","per_day":"900","in_all":"900"}]""");
        for (var trade = 0; trade < 3; trade++)
        {
            var bought = await app.PostAsync(
                "trades", new() { ["id"] = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), ["account"] = creator, ["side"] = "buy", ["coin"] = "CRV", ["rly"] = "50" }, token);
            Assert.Equal(System.Net.HttpStatusCode.Created, bought.Status);
        }

        DemoReply? reply = null;
        await Eventually.TrueAsync(async () =>
        {
            reply = await town.Discord.AskAsync(town.Fan, "coin", "price", CancellationToken.None, ("coin", "CRV"), ("span", "7"));
            return reply.Message.GetProperty("attachments").GetArrayLength() == 1;
        }, "the price's picture");
        Assert.Contains("One **CRV** costs **0.0", reply!.Text, StringComparison.Ordinal);
        Assert.Equal("attachment://price.png", reply.Message.GetProperty("embeds")[0].GetProperty("image").GetProperty("url").GetString());
        Assert.Equal(0, reply.Message.GetProperty("flags").GetInt32() & 64); // for all to see
        using var http = new HttpClient();
        var picture = await http.GetByteArrayAsync(new Uri(reply.Message.GetProperty("attachments")[0].GetProperty("url").GetString()!));
        Assert.Equal([0x89, 0x50, 0x4E, 0x47], picture[..4]);
        await town.SaysAsync(town.Fan, "coin", "price", "There is no coin “NOPE”", ("coin", "NOPE"));
        // Interactions over HTTP take no files, so they follow the first answer.
        await town.Inside<DiscordRest>().ModifyCurrentApplicationAsync(new Uri(town.Address, "discord/interactions"), CancellationToken.None);
        reply = await town.Discord.AskAsync(town.Fan, "coin", "price", CancellationToken.None, ("coin", "CRV"));
        Assert.Equal(1, reply.Message.GetProperty("attachments").GetArrayLength());
    }

    [Fact]
    public async Task A_deep_link_opens_a_page_that_says_what_was_asked_for()
    {
        var reply = await AskAsync(Town.Fan, "link", ("amount", "$5"), ("note", "for <you>"));
        var link = new Uri(reply.Text[reply.Text.IndexOf("http", StringComparison.Ordinal)..]);
        Assert.Equal("/creator/PTM/", link.AbsolutePath);
        Assert.Equal("?inputType=USD&amount=5&note=for%20%3Cyou%3E", link.Query);
        using var http = new HttpClient();
        var page = await http.GetStringAsync(link);
        Assert.Contains("$5’s worth of PTM", System.Net.WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.Contains("/coin donate coin:PTM amount:5 unit:US dollars note:for &lt;you&gt;", page, StringComparison.Ordinal);

        await Town.SaysAsync(Town.Fan, "coin", "link", "is not an amount", ("amount", "many"));
        Assert.Contains("run <code>/coin donate coin:PTM amount:</code>", await http.GetStringAsync(new Uri(Town.Address, "creator/ptm/?amount=-1")), StringComparison.Ordinal);
        using var unknown = await http.GetAsync(new Uri(Town.Address, "creator/NOPE/"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Coins_are_suggested_while_they_are_typed()
    {
        Assert.Equal("PTM · Portemonnaie", (await TypeAsync("")).Choices[0]); // the server's own first
        Assert.Equal(["ALLIE · Allie's Alley"], (await TypeAsync("alley")).Choices);
        Assert.Empty((await TypeAsync("nothing like it")).Choices);

        Task<DemoReply> TypeAsync(string typed) => Town.ActAsync("autocomplete", new
        {
            memberId = $"{Town.Fan}",
            channelId = Town.ChannelId,
            command = "coin",
            subcommand = "summary",
            options = new { coin = typed },
            focused = "coin",
        });
    }

    [Fact]
    public async Task The_menu_on_a_member_has_balance_send_and_why()
    {
        var friend = await Town.NewLinkedFanAsync();
        Assert.Contains("does not let others see", (await ChooseAsync(Town.Fan, "Coin balance", friend)).Text, StringComparison.Ordinal);
        Assert.Contains("Rule:", (await ChooseAsync(Town.Creator, "Why these roles", friend)).Text, StringComparison.Ordinal);
        Assert.Contains("to yourself", (await ChooseAsync(Town.Fan, "Send coins", Town.Fan)).Text, StringComparison.Ordinal);

        var form = await ChooseAsync(Town.Creator, "Send coins", friend);
        Assert.Equal("Send coins", form.Modal.GetProperty("title").GetString());
        var question = await FillAsync("6", "hello");
        Assert.Contains($"Send **6 PTM** to <@{friend}>?", question.Text, StringComparison.Ordinal);
        Assert.Contains("You sent **6 PTM**", (await PressAsync(Town.Creator, question, "Send")).Text, StringComparison.Ordinal);
        Assert.Contains("is not an amount", (await FillAsync("six", "")).Text, StringComparison.Ordinal);

        Task<DemoReply> ChooseAsync(ulong member, string command, ulong target) => Town.ActAsync(
            "menus", new { memberId = $"{member}", channelId = Town.ChannelId, command, targetId = $"{target}" });
        Task<DemoReply> FillAsync(string amount, string note) => Town.ActAsync(
            "modals", new { memberId = $"{Town.Creator}", interactionId = form.InteractionId, values = new { amount, note } });
    }

    // It is built behind the log.
    private Task HistorySaysAsync(ulong member, string words) => Eventually.TrueAsync(
        async () => (await Town.RunAsync(member, "coin", "history")).Contains(words, StringComparison.Ordinal), words);

    private Task<DemoReply> AskAsync(ulong member, string subcommand, params (string Name, string Value)[] options) =>
        Town.Discord.AskAsync(member, "coin", subcommand, CancellationToken.None, options);

    private Task<DemoReply> PressAsync(ulong member, DemoReply reply, string label) => Town.Discord.PressAsync(member, reply, label, CancellationToken.None);
}
