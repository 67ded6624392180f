namespace Rally.Bot.DiscordApi.Models;

/// <summary>The bot's own application.</summary>
/// <param name="VerifyKey">Ed25519 public key, hexadecimal, that signs interactions over HTTP.</param>
internal sealed record DiscordApplication(ulong Id, string Name, string VerifyKey = "", string? InteractionsEndpointUrl = null);
