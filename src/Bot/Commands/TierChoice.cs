using System.Globalization;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Commands;

/// <summary>The option by which a command names one of the tiers there are.</summary>
internal sealed class TierChoice(RuleStore ruleStore, GuildRoles guildRoles)
{
    public const string Name = "role";
    private const int MostChoices = 25;

    public static CommandOption Option { get; } =
        new(CommandOptionType.String, Name, "The tier's role") { Required = true, Autocomplete = true, MaxLength = 100 };

    /// <returns>The tier; null with what was typed when there is none.</returns>
    public static (Tier? Tier, string Shown) Find(CommandCall call, GuildRules rules)
    {
        var typed = call.Text(Name).Trim();
        if (!ulong.TryParse(typed.Trim('<', '>', '@', '&'), NumberStyles.None, CultureInfo.InvariantCulture, out var role))
            return (null, $"“{Say.Quote(typed)}”");
        return (rules.Find(role), Say.Role(role));
    }

    public async Task<IReadOnlyList<CommandChoice>> SuggestAsync(ulong guildId, string typed, CancellationToken stop)
    {
        var hierarchy = await guildRoles.GetAsync(guildId, stop);
        return [.. (await ruleStore.GetAsync(guildId, stop)).Tiers
            .Select(tier => (Name: hierarchy.NameOf(tier.Role), tier.Role))
            .Where(tier => tier.Name.Contains(typed, StringComparison.OrdinalIgnoreCase))
            .Take(MostChoices)
            .Select(tier => new CommandChoice(tier.Name, tier.Role.ToString(CultureInfo.InvariantCulture)))];
    }
}
