namespace Rally.Bot.DiscordApi.Models;

/// <summary>The bot's own application.</summary>
/// <param name="VerifyKey">Ed25519 public key, hexadecimal, that signs interactions over HTTP.</param>
internal sealed record DiscordApplication(ulong Id, string Name, string VerifyKey = "", string? InteractionsEndpointUrl = null, long Flags = 0)
{
    // GATEWAY_GUILD_MEMBERS of a verified application, and its form for those in fewer than 100 guilds.
    private const long GatewayGuildMembers = (1 << 14) | (1 << 15);

    /// <summary>Whether the Server Members Intent is switched on in the developer portal.</summary>
    public bool MaySeeMembers => (Flags & GatewayGuildMembers) != 0;
}
