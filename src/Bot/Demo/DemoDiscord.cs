using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Sandbox;

namespace Rally.Bot.Demo;

/// <summary>People on the sandbox's Discord side, acting through the same interface as its page; and what its REST API says.</summary>
internal sealed class DemoDiscord(SandboxServer sandbox) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ulong _channelId = sandbox.Channels[0].Id;

    public ulong MemberId(string name) => Find(sandbox.Members, name);

    public ulong RoleId(string name) => Find(sandbox.Roles, name);

    /// <summary>Runs a slash command as a member and returns what the bot replied.</summary>
    /// <exception cref="DemoException">The command was not taken, or the bot did not reply.</exception>
    public async Task<string> RunAsync(ulong memberId, string command, string subcommand, CancellationToken stop, params (string Name, string Value)[] options) =>
        (await AskAsync(memberId, command, subcommand, stop, options)).Text;

    /// <summary>Runs a slash command, presses the button that confirms it where the bot asks, and returns what was replied last.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public async Task<string> RunConfirmedAsync(
        ulong memberId, string command, string subcommand, CancellationToken stop, params (string Name, string Value)[] options)
    {
        var reply = await AskAsync(memberId, command, subcommand, stop, options);
        return reply.Buttons.FirstOrDefault(button => button.CustomId.EndsWith(":yes", StringComparison.Ordinal)) is { } confirm
            ? (await PressAsync(memberId, reply, confirm.Label, stop)).Text
            : reply.Text;
    }

    /// <summary>Runs a slash command and returns the whole reply.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<DemoReply> AskAsync(ulong memberId, string command, string subcommand, CancellationToken stop, params (string Name, string Value)[] options) =>
        ActAsync("commands", new
        {
            memberId = $"{memberId}",
            channelId = $"{_channelId}",
            command,
            subcommand,
            options = options.ToDictionary(option => option.Name, option => option.Value),
        }, stop);

    /// <summary>Presses a button of a reply.</summary>
    public Task<DemoReply> PressAsync(ulong memberId, DemoReply reply, string label, CancellationToken stop) =>
        ActAsync("components", new { memberId = $"{memberId}", messageId = reply.MessageId, customId = reply.Button(label).CustomId }, stop);

    /// <summary>Does what a member can do on the sandbox's page, and waits for what the bot answers.</summary>
    /// <exception cref="DemoException">It was not taken, or the bot did not answer.</exception>
    public async Task<DemoReply> ActAsync(string what, object body, CancellationToken stop)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(sandbox.Page, $"sandbox/api/{what}?waitMs=15000"), body, stop);
        var outcome = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
        return outcome.TryGetProperty("state", out var state) && state.GetString() == "answered"
            ? new(outcome)
            : throw new DemoException($"{what} had no reply to {JsonSerializer.Serialize(body)}: {outcome}");
    }

    /// <summary>Somebody new joins the guild.</summary>
    public async Task<ulong> JoinAsync(string username, CancellationToken stop)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(sandbox.Page, "sandbox/api/members"), new { username }, stop);
        var joined = await answer.Content.ReadFromJsonAsync<JsonObject>(stop);
        return ulong.TryParse($"{joined?["user"]?["id"]}", out var id) ? id : throw new DemoException($"{username} could not join: {joined}");
    }

    /// <summary>Whether a member has a role, as the REST API says with the bot's token.</summary>
    public async Task<bool> HasRoleAsync(ulong memberId, ulong roleId, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{sandbox.DiscordApi}/guilds/{sandbox.GuildId}/members/{memberId}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bot", sandbox.BotToken);
        using var answer = await _http.SendAsync(request, stop);
        var member = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
        return member.GetProperty("roles").EnumerateArray().Any(role => role.GetString() == $"{roleId}");
    }

    public void Dispose() => _http.Dispose();

    private static ulong Find(IReadOnlyList<SandboxEntry> entries, string name) =>
        (entries.FirstOrDefault(entry => entry.Name == name) ?? throw new DemoException($"The sandbox has no {name}.")).Id;
}
