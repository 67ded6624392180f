using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>
/// Discord's HTTP API as far as a bot for roles and commands needs it. Every call waits its turn within the rate
/// limits, so give it a token that ends. All throw what <see cref="RestPipeline.SendAsync"/> names.
/// </summary>
internal sealed class DiscordRest(
    DiscordOptions options, HttpClient http, TimeProvider time, Jitter jitter, ILogger<DiscordRest> log) : IDisposable
{
    private readonly RestPipeline _pipeline = new(options, http, time, jitter, log);

    public Task<GatewayBot> GetGatewayBotAsync(CancellationToken stop) =>
        ReadAsync<GatewayBot>(new(Route.To(HttpMethod.Get, "/gateway/bot")), stop);

    public Task<DiscordUser> GetCurrentUserAsync(CancellationToken stop) =>
        ReadAsync<DiscordUser>(new(Route.To(HttpMethod.Get, "/users/@me")), stop);

    public Task<DiscordApplication> GetCurrentApplicationAsync(CancellationToken stop) =>
        ReadAsync<DiscordApplication>(new(Route.To(HttpMethod.Get, "/applications/@me")), stop);

    /// <summary>Discord probes the address at once, with good and bad signatures, and refuses it when it fails.</summary>
    /// <param name="interactionsEndpoint">Where interactions go instead of the gateway.</param>
    public Task<DiscordApplication> ModifyCurrentApplicationAsync(Uri interactionsEndpoint, CancellationToken stop) =>
        ReadAsync<DiscordApplication>(
            new(Route.To(HttpMethod.Patch, "/applications/@me")) { Body = new { InteractionsEndpointUrl = interactionsEndpoint } }, stop);

    public Task<DiscordGuild> GetGuildAsync(ulong guildId, CancellationToken stop) =>
        ReadAsync<DiscordGuild>(new(Route.To(HttpMethod.Get, "/guilds/{0}", "", guildId)), stop);

    public Task<IReadOnlyList<DiscordRole>> GetGuildRolesAsync(ulong guildId, CancellationToken stop) =>
        ReadAsync<IReadOnlyList<DiscordRole>>(new(Route.To(HttpMethod.Get, "/guilds/{0}/roles", "", guildId)), stop);

    /// <summary>Null when the user is not in the guild.</summary>
    public async Task<DiscordMember?> GetGuildMemberAsync(ulong guildId, ulong userId, CancellationToken stop)
    {
        try
        {
            return await ReadAsync<DiscordMember>(new(Route.To(HttpMethod.Get, "/guilds/{0}/members/{1}", "", guildId, userId)), stop);
        }
        catch (DiscordApiException refused) when (refused.Status == HttpStatusCode.NotFound
            && refused.Code is DiscordErrorCode.UnknownMember or DiscordErrorCode.UnknownUser)
        {
            return null;
        }
    }

    /// <summary>A page of members by rising id; needs the Server Members Intent.</summary>
    /// <param name="after">The last id of the page before, 0 for the first.</param>
    /// <param name="limit">1 to 1,000.</param>
    public Task<IReadOnlyList<DiscordMember>> ListGuildMembersAsync(ulong guildId, ulong after, int limit, CancellationToken stop) =>
        ReadAsync<IReadOnlyList<DiscordMember>>(
            new(Route.To(HttpMethod.Get, "/guilds/{0}/members", $"?limit={limit}&after={after}", guildId)), stop);

    /// <summary>Does nothing when the member has it. 404 <see cref="DiscordErrorCode.UnknownMember"/> or
    /// <see cref="DiscordErrorCode.UnknownRole"/>, 403 <see cref="DiscordErrorCode.MissingPermissions"/>.</summary>
    public Task AddMemberRoleAsync(ulong guildId, ulong userId, ulong roleId, string? reason, CancellationToken stop) =>
        _pipeline.SendAsync(
            new(Route.To(HttpMethod.Put, "/guilds/{0}/members/{1}/roles/{2}", "", guildId, userId, roleId)) { AuditLogReason = reason }, stop);

    /// <summary>Does nothing when the member lacks it; refusals as for <see cref="AddMemberRoleAsync"/>.</summary>
    public Task RemoveMemberRoleAsync(ulong guildId, ulong userId, ulong roleId, string? reason, CancellationToken stop) =>
        _pipeline.SendAsync(
            new(Route.To(HttpMethod.Delete, "/guilds/{0}/members/{1}/roles/{2}", "", guildId, userId, roleId)) { AuditLogReason = reason }, stop);

    /// <summary>Sets the whole list of roles: what another bot granted since it was read is lost.</summary>
    /// <returns>The member as they are then.</returns>
    public Task<DiscordMember> ModifyMemberAsync(ulong guildId, ulong userId, IReadOnlyList<ulong> roles, string? reason, CancellationToken stop) =>
        ReadAsync<DiscordMember>(
            new(Route.To(HttpMethod.Patch, "/guilds/{0}/members/{1}", "", guildId, userId)) { Body = new { Roles = roles }, AuditLogReason = reason }, stop);

    public Task<DiscordChannel> GetChannelAsync(ulong channelId, CancellationToken stop) =>
        ReadAsync<DiscordChannel>(new(Route.To(HttpMethod.Get, "/channels/{0}", "", channelId)), stop);

    /// <summary>Sets what a channel allows and denies a role or a member; what it had for them before is gone.</summary>
    public Task EditChannelPermissionsAsync(ulong channelId, PermissionOverwrite overwrite, string? reason, CancellationToken stop) =>
        _pipeline.SendAsync(
            new(Route.To(HttpMethod.Put, "/channels/{0}/permissions/{1}", "", channelId, overwrite.Id))
            {
                Body = new { overwrite.Type, Allow = (ulong)overwrite.Allow, Deny = (ulong)overwrite.Deny },
                AuditLogReason = reason,
            },
            stop);

    /// <summary>Replaces all commands everywhere.</summary>
    public Task<IReadOnlyList<RegisteredCommand>> BulkOverwriteGlobalCommandsAsync(
        ulong applicationId, IReadOnlyList<ApplicationCommand> commands, CancellationToken stop) =>
        ReadAsync<IReadOnlyList<RegisteredCommand>>(
            new(Route.To(HttpMethod.Put, "/applications/{0}/commands", "", applicationId)) { Body = commands }, stop);

    /// <summary>The commands Discord has everywhere.</summary>
    public Task<IReadOnlyList<RegisteredCommand>> GetGlobalCommandsAsync(ulong applicationId, CancellationToken stop) =>
        ReadAsync<IReadOnlyList<RegisteredCommand>>(new(Route.To(HttpMethod.Get, "/applications/{0}/commands", "", applicationId)), stop);

    /// <summary>Replaces all commands of one guild; they show at once.</summary>
    public Task<IReadOnlyList<RegisteredCommand>> BulkOverwriteGuildCommandsAsync(
        ulong applicationId, ulong guildId, IReadOnlyList<ApplicationCommand> commands, CancellationToken stop) =>
        ReadAsync<IReadOnlyList<RegisteredCommand>>(
            new(Route.To(HttpMethod.Put, "/applications/{0}/guilds/{1}/commands", "", applicationId, guildId)) { Body = commands }, stop);

    /// <summary>The first answer to an interaction, within three seconds of it.</summary>
    public async Task CreateInteractionResponseAsync(
        ulong interactionId, string token, InteractionResponse response, CancellationToken stop)
    {
        var call = new RestCall(Route.To(HttpMethod.Post, "/interactions/{0}/{1}/callback", "", interactionId, token))
        {
            Body = response,
            AsBot = false,
            // A second one is refused as "already acknowledged", so a lost answer may be asked for again.
            Repeatable = true,
        };
        try
        {
            await _pipeline.SendAsync(call, stop);
        }
        catch (DiscordApiException refused) when (refused.Code == DiscordErrorCode.InteractionAlreadyAcknowledged)
        {
            // Discord has the first one; only its answer got lost.
        }
    }

    /// <summary>Changes the first answer, within fifteen minutes of the interaction.</summary>
    public Task<DiscordMessage> EditOriginalInteractionResponseAsync(
        ulong applicationId, string token, MessagePayload message, CancellationToken stop) =>
        ReadAsync<DiscordMessage>(
            new(Route.To(HttpMethod.Patch, "/webhooks/{0}/{1}/messages/@original", "", applicationId, token)) { Body = message, Files = message.Files, AsBot = false }, stop);

    public Task DeleteOriginalInteractionResponseAsync(ulong applicationId, string token, CancellationToken stop) =>
        _pipeline.SendAsync(
            new(Route.To(HttpMethod.Delete, "/webhooks/{0}/{1}/messages/@original", "", applicationId, token)) { AsBot = false }, stop);

    /// <summary>Another message after the first answer, within fifteen minutes. Never sent twice, so it may get lost.</summary>
    public Task<DiscordMessage> CreateFollowupAsync(ulong applicationId, string token, MessagePayload message, CancellationToken stop) =>
        ReadAsync<DiscordMessage>(
            new(Route.To(HttpMethod.Post, "/webhooks/{0}/{1}", "?wait=true", applicationId, token)) { Body = message, Files = message.Files, AsBot = false }, stop);

    /// <summary>Posted once, even where the first answer is lost and it is sent again.</summary>
    public Task<DiscordMessage> CreateMessageAsync(ulong channelId, MessagePayload message, CancellationToken stop) =>
        ReadAsync<DiscordMessage>(
            new(Route.To(HttpMethod.Post, "/channels/{0}/messages", "", channelId))
            {
                Body = message with { Nonce = message.Nonce ?? RandomNumberGenerator.GetHexString(24), EnforceNonce = true },
                Files = message.Files,
                Repeatable = true,
            },
            stop);

    /// <summary>The direct messages with a user, opened where they were not.</summary>
    public Task<DiscordChannel> CreateDmAsync(ulong userId, CancellationToken stop) =>
        ReadAsync<DiscordChannel>(
            new(Route.To(HttpMethod.Post, "/users/@me/channels")) { Body = new { RecipientId = userId }, Repeatable = true }, stop);

    public void Dispose() => _pipeline.Dispose();

    private async Task<T> ReadAsync<T>(RestCall call, CancellationToken stop)
    {
        var body = await _pipeline.SendAsync(call, stop);
        return JsonSerializer.Deserialize<T>(body, DiscordJson.Options)
            ?? throw new JsonException($"Discord answered null to {call.Route}.");
    }
}
