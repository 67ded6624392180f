using System.Globalization;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary>A command whose answer is a list, shown some lines at a time with buttons to turn the pages.</summary>
internal abstract class PagedCommand(Prompts prompts) : SlashCommand
{
    public const int LinesPerPage = 10;

    /// <summary>What there is to show now.</summary>
    /// <param name="Heading">Above the lines, and alone when there are none.</param>
    /// <param name="Lines">All of them.</param>
    protected sealed record Listing(string Heading, IReadOnlyList<string> Lines);

    /// <summary>The list anew, for each page: what it is about may have changed.</summary>
    /// <param name="subject">What <see cref="ShowAsync"/> was given.</param>
    protected abstract Task<Listing> ListAsync(CommandCall call, string subject, CancellationToken stop);

    /// <summary>Buttons beside those that turn the pages; pressing one comes to <see cref="ChooseAsync"/>.</summary>
    protected virtual IReadOnlyList<Button> More(CommandCall call, Prompt prompt) => [];

    /// <summary>Whether there are any.</summary>
    protected virtual bool HasMore => false;

    /// <summary>One of the buttons of <see cref="More"/> was pressed.</summary>
    /// <returns>What to say instead of showing the list anew; null to show it.</returns>
    protected virtual Task<MessageReply?> ChooseAsync(Press press, CancellationToken stop) => Task.FromResult<MessageReply?>(null);

    /// <param name="subject">What the list is about; kept for the other pages.</param>
    protected async Task<MessageReply> ShowAsync(CommandCall call, string subject, CancellationToken stop)
    {
        var listing = await ListAsync(call, subject, stop);
        if (listing.Lines.Count <= LinesPerPage && !HasMore)
            return Say.Privately(string.Join('\n', [listing.Heading, .. listing.Lines]));
        return new(Page(call, await prompts.AskAsync(this, call, subject, stop), listing, 0));
    }

    public sealed override async Task<InteractionReply> AnswerAsync(Press press, CancellationToken stop)
    {
        if (!int.TryParse(press.Choice, NumberStyles.None, CultureInfo.InvariantCulture, out var page)
            && await ChooseAsync(press, stop) is { } instead)
            return instead;
        return new UpdateReply(Page(press.Call, press.Prompt, await ListAsync(press.Call, press.Prompt.Read<string>(), stop), page));
    }

    private MessagePayload Page(CommandCall call, Prompt prompt, Listing listing, int page)
    {
        var pages = Math.Max(1, (listing.Lines.Count + LinesPerPage - 1) / LinesPerPage);
        page = Math.Clamp(page, 0, pages - 1);
        IEnumerable<string> lines = [listing.Heading, .. listing.Lines.Skip(page * LinesPerPage).Take(LinesPerPage)];
        var buttons = new List<Component>();
        if (pages > 1)
        {
            lines = lines.Append(call.Say("page.number", page + 1, pages));
            buttons.Add(new Button(ButtonStyle.Secondary, call.Say("page.previous"), prompt.CustomId($"{Math.Max(0, page - 1)}"), Disabled: page == 0));
            buttons.Add(new Button(ButtonStyle.Secondary, call.Say("page.next"), prompt.CustomId($"{page + 1}"), Disabled: page == pages - 1));
        }

        buttons.AddRange(More(call, prompt));
        return new() { Content = Say.Fit(string.Join('\n', lines)), Components = buttons.Count > 0 ? [new ActionRow(buttons)] : [] };
    }
}
