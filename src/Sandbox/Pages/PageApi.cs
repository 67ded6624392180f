using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.Pages;

/// <summary>
/// What people and tests do on the Discord side, under /sandbox/api. JSON in and out, ids as strings, 400
/// {"message", "option"} when Discord's client would not have let it through.
/// <code>
/// GET    state?memberId=                     the guild as this member sees it: members, roles, channels, messages, commands
/// GET    events?memberId=                    Server-Sent Events of changes: event = gateway name, data = its payload
/// POST   commands      {memberId, channelId, command, subcommand?: "send" | ["group","sub"], options?: {name: value}}
///                      or {memberId, channelId, text: "/coin send member:@fan amount:60"}          -> outcome
/// POST   menus         {memberId, channelId, command, targetId}: a command of the menu on a member -> outcome
/// POST   autocomplete  as commands, with focused: the option being typed                           -> outcome with choices
/// POST   components    {memberId, messageId, customId, values?: [..]}                              -> outcome
/// POST   modals        {memberId, interactionId, values: {customId: text}}                         -> outcome
/// GET    interactions/{id}?waitMs=           the outcome so far, or when there is one within waitMs
/// POST   messages      {memberId, channelId, content}                                              -> the message
/// </code>
/// More of it is in <see cref="GuildApi"/> and <see cref="FaultApi"/>.
/// An outcome is {interactionId, state: waiting | deferred | answered | failed, message?, modal?, choices?, failure?}.
/// The POSTs wait for one up to waitMs (query, default 5000, at most 30000) until answered or failed.
/// </summary>
internal sealed class PageApi(World world, InteractionDesk desk, MemberActions actions)
{
    private const int DefaultWaitMs = 5_000;
    private const int MaxWaitMs = 30_000;

    public void Map(PageRoutes routes)
    {
        routes.Map("GET", "/state", call => world.Read(data => Snapshot.Of(data, call.MemberInQuery())));
        routes.Map("POST", "/commands", call => OutcomeAsync(call, RunCommand(call, focused: null)));
        routes.Map("POST", "/menus", call => OutcomeAsync(call,
            actions.RunMenu(call.Id("memberId"), call.Id("channelId"), call.Text("command"), call.Id("targetId"))));
        routes.Map("POST", "/autocomplete", call => OutcomeAsync(call, RunCommand(call, call.Text("focused"))));
        routes.Map("POST", "/components", call => OutcomeAsync(call,
            actions.UseComponent(call.Id("memberId"), call.Id("messageId"), call.Text("customId"), call.Texts("values"))));
        routes.Map("POST", "/modals", call => OutcomeAsync(call,
            actions.SubmitModal(call.Id("memberId"), call.Id("interactionId"), call.TextsByName("values"))));
        routes.Map("GET", "/interactions/{id}", call => OutcomeAsync(call,
            world.Read(_ => desk.Find(call.RouteId("id"))) ?? throw new InputProblem("There is no such interaction."), waitMs: 0));
        routes.Map("POST", "/messages", call => actions.Write(call.Id("memberId"), call.Id("channelId"), call.Text("content")));
    }

    private Interaction RunCommand(PageCall call, string? focused)
    {
        var (member, channel) = (call.Id("memberId"), call.Id("channelId"));
        return call.OptionalText("text") is { } text && focused is null
            ? actions.RunText(member, channel, text)
            : actions.RunCommand(member, channel, call.Text("command"), call.Texts("subcommand"), call.Values("options"), focused);
    }

    private async Task<JsonNode> OutcomeAsync(PageCall call, Interaction interaction, int waitMs = DefaultWaitMs)
    {
        var wait = TimeSpan.FromMilliseconds(call.QueryNumber("waitMs", waitMs, MaxWaitMs));
        try
        {
            if (wait > TimeSpan.Zero)
                await interaction.Settled.WaitAsync(wait, world.Time, call.Aborted);
        }
        catch (TimeoutException)
        {
            // The outcome so far is the answer.
        }

        return world.Read(data => Outcome.Of(data, interaction));
    }
}
