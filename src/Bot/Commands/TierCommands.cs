using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary>The commands of <c>/tier</c>, and what they suggest while somebody types.</summary>
internal static class TierCommands
{
    private const int MostChoices = 25;

    public static IServiceCollection AddTierCommands(this IServiceCollection services)
    {
        services.AddSingleton<TierInput>().AddSingleton<TierChoice>();
        services.AddCommand<TierAdd>().AddCommand<TierEdit>().AddCommand<TierList>().AddCommand<TierWhy>().AddCommand<TierRemove>();
        services.AddCommand<TierExempt>().AddCommand<TierUndo>().AddCommand<TierTellAdmins>();
        return services;
    }

    public static async Task<IReadOnlyList<CommandChoice>> CoinsAsync(RallyClient network, string typed, CancellationToken stop) =>
        (await network.ListCoinsAsync(stop))
            .Where(coin => coin.Symbol.Contains(typed, StringComparison.OrdinalIgnoreCase) || coin.Name.Contains(typed, StringComparison.OrdinalIgnoreCase))
            .Take(MostChoices)
            .Select(coin => new CommandChoice($"{coin.Symbol} · {coin.Name}", coin.Symbol))
            .ToList();
}
