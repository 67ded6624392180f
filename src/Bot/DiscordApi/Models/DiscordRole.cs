namespace Rally.Bot.DiscordApi.Models;

/// <summary>A guild's role.</summary>
/// <param name="Position">Higher is more powerful; equal positions are ordered by id, the lower id above.</param>
/// <param name="Managed">Belongs to an integration: nobody can grant it by hand.</param>
internal sealed record DiscordRole(
    ulong Id,
    string Name,
    int Position = 0,
    Permissions Permissions = Permissions.None,
    bool Managed = false,
    int Color = 0,
    DiscordRoleTags? Tags = null);

/// <summary>Whose role it is, where <see cref="DiscordRole.Managed"/>.</summary>
internal sealed record DiscordRoleTags(ulong? BotId = null, ulong? IntegrationId = null);
