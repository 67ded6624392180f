using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>Every typed call of the Discord client, checked by Prism against Discord's own OpenAPI document.</summary>
[Collection(nameof(PrismServer))]
public sealed class PrismTests
{
    private const ulong Guild = 1300000000000000001;
    private const ulong Application = 1300000000000000002;
    private const ulong User = 1300000000000000021;
    private const ulong Role = 1300000000000000011;
    private const ulong Channel = 1300000000000000031;

    private static readonly MessagePayload Message = new()
    {
        Content = "60 PTM to <@1300000000000000021>",
        AllowedMentions = AllowedMentions.OfUsers(User),
        Embeds =
        [
            new(
                Title: "Sent",
                Description: "60 PTM",
                Url: "https://example.org/t/1",
                Color: 0x57F287,
                Timestamp: new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                Footer: new("block 7"),
                Thumbnail: new("https://example.org/coin.png"),
                Fields: [new("Balance", "940 PTM", Inline: true)]),
        ],
        Components =
        [
            new ActionRow(
                new Button(ButtonStyle.Primary, "Claim", "claim:7"),
                new Button(ButtonStyle.Link, "Explorer", Url: "https://example.org"),
                new Button(ButtonStyle.Danger, "Undo", "undo:7", Disabled: true)),
            new ActionRow(new StringSelect("coin", [new("Pat", "PTM", "Pat's coin", Default: true)], "Which coin", 1, 1)),
            new ActionRow(new RoleSelect("role", "Which role", 0, 3)),
        ],
    };

    private static readonly ApplicationCommand[] Commands =
    [
        new("ping", "Are you there?"),
        new("tier", "Roles for holders")
        {
            DefaultMemberPermissions = Permissions.ManageRoles | Permissions.ManageGuild,
            Contexts = [InteractionContext.Guild],
            Options =
            [
                new(CommandOptionType.Subcommand, "add", "A role for holders of a coin")
                {
                    Options =
                    [
                        new(CommandOptionType.Role, "role", "The role") { Required = true },
                        new(CommandOptionType.String, "coin", "Its symbol") { Required = true, Autocomplete = true, MinLength = 1, MaxLength = 10 },
                        new(CommandOptionType.Number, "minimum", "At least so many") { MinValue = 0.000001m, MaxValue = 1_000_000m },
                        new(CommandOptionType.Integer, "days", "Held so long") { Choices = [new("a week", 7), new("a month", 30)] },
                        new(CommandOptionType.String, "kind", "How") { Choices = [new("any", "any")] },
                        new(CommandOptionType.Channel, "where", "Tell it here") { ChannelTypes = [0, 5] },
                        new(CommandOptionType.User, "who", "Only this one"),
                        new(CommandOptionType.Mentionable, "whom", "Or these"),
                        new(CommandOptionType.Boolean, "loud", "Say so"),
                    ],
                },
                new(CommandOptionType.SubcommandGroup, "list", "Lists")
                {
                    Options = [new(CommandOptionType.Subcommand, "all", "All of them")],
                },
            ],
        },
    ];

    [DiscordDocumentFact]
    public async Task Every_request_is_as_Discords_document_says()
    {
        await using var prism = await PrismServer.MockAsync(DiscordDocumentFactAttribute.Document);
        using var judge = new Judge();
        var options = new DiscordOptions { Token = "a.b.c", ApiBase = prism.Address, MaxAttempts = 1, RequestTimeout = TimeSpan.FromMinutes(2) };
        using var rest = new DiscordRest(options, new HttpClient(judge), TimeProvider.System, () => 0.5, NullLogger<DiscordRest>.Instance);
        var calls = Calls(rest).ToList();
        foreach (var call in calls)
            await IgnoreAnswerAsync(call);

        Assert.True(judge.Findings.Count == 0, string.Join("\n", judge.Findings));
        Assert.Equal(calls.Count, judge.Requests);
        await AssertPrismSeesMistakesAsync(prism.Address);
    }

    private static IEnumerable<Func<Task>> Calls(DiscordRest rest)
    {
        yield return () => rest.GetGatewayBotAsync(default);
        yield return () => rest.GetCurrentUserAsync(default);
        yield return () => rest.GetCurrentApplicationAsync(default);
        yield return () => rest.ModifyCurrentApplicationAsync(new("https://example.org/discord/interactions"), default);
        yield return () => rest.GetGuildAsync(Guild, default);
        yield return () => rest.GetGuildRolesAsync(Guild, default);
        yield return () => rest.GetGuildMemberAsync(Guild, User, default);
        yield return () => rest.ListGuildMembersAsync(Guild, 0, 1000, default);
        yield return () => rest.AddMemberRoleAsync(Guild, User, Role, "holds 60 PTM", default);
        yield return () => rest.RemoveMemberRoleAsync(Guild, User, Role, "holds 5 PTM", default);
        yield return () => rest.ModifyMemberAsync(Guild, User, [Role], "holds 60 PTM", default);
        yield return () => rest.BulkOverwriteGlobalCommandsAsync(Application, Commands, default);
        yield return () => rest.BulkOverwriteGuildCommandsAsync(Application, Guild, Commands, default);
        yield return () => rest.EditOriginalInteractionResponseAsync(Application, "token", Message, default);
        yield return () => rest.DeleteOriginalInteractionResponseAsync(Application, "token", default);
        yield return () => rest.CreateFollowupAsync(Application, "token", Message with { Flags = MessageFlags.Ephemeral }, default);
        yield return () => rest.CreateMessageAsync(Channel, Message, default);
        yield return () => rest.CreateDmAsync(User, default);

        InteractionReply[] replies =
        [
            new MessageReply(Message),
            new UpdateReply(Message),
            new AutocompleteReply([new("Pat's coin", "PTM")]),
            new ModalReply("tier:add", "A role for holders",
            [
                new("Coin", new TextInput("coin", TextInputStyle.Short, "PTM", "its symbol", true, 1, 10), "Its symbol"),
                new("Why", new TextInput("why", TextInputStyle.Paragraph, Required: false)),
            ]),
        ];
        InteractionResponse[] responses =
        [
            InteractionResponse.Pong,
            .. Enum.GetValues<Deferral>().Select(InteractionResponse.Deferred),
            .. replies.Select(InteractionResponse.Of),
        ];
        foreach (var response in responses)
            yield return () => rest.CreateInteractionResponseAsync(1300000000000000900, "token", response, default);
    }

    /// <summary>Prism invents its answers, and not always by the document.</summary>
    private static async Task IgnoreAnswerAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception fault) when (fault is JsonException or DiscordApiException)
        {
            // The judge has seen the request.
        }
    }

    /// <summary>A check that finds nothing must be one that could have.</summary>
    private static async Task AssertPrismSeesMistakesAsync(Uri prism)
    {
        using var judge = new Judge();
        var options = new DiscordOptions { Token = "a.b.c", ApiBase = prism, MaxAttempts = 1, RequestTimeout = TimeSpan.FromMinutes(2) };
        using var rest = new DiscordRest(options, new HttpClient(judge), TimeProvider.System, () => 0.5, NullLogger<DiscordRest>.Instance);
        await IgnoreAnswerAsync(() => rest.CreateMessageAsync(Channel, new() { Content = new('x', 4_001) }, default));
        Assert.NotEmpty(judge.Findings);
    }

    /// <summary>Keeps what Prism says of the requests.</summary>
    private sealed class Judge() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly ConcurrentQueue<string> _findings = new();
        private int _requests;

        public IReadOnlyList<string> Findings => [.. _findings];

        public int Requests => _requests;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
        {
            Interlocked.Increment(ref _requests);
            var response = await base.SendAsync(request, stop);
            var name = $"{request.Method} {request.RequestUri!.AbsolutePath}";
            var accused = false;
            if (response.Headers.TryGetValues("sl-violations", out var values))
            {
                using var violations = JsonDocument.Parse(string.Join(",", values));
                foreach (var violation in violations.RootElement.EnumerateArray())
                {
                    if (violation.GetProperty("location")[0].GetString() != "request")
                        continue;
                    accused = true;
                    _findings.Enqueue($"{name}: {violation.GetRawText()}");
                }
            }

            if (!accused && !response.IsSuccessStatusCode)
                _findings.Enqueue($"{name}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(stop)}");
            return response;
        }
    }
}
