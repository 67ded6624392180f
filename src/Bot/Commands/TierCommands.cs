namespace Rally.Bot.Commands;

/// <summary>Registers the commands of <c>/tier</c>.</summary>
internal static class TierCommands
{
    public static IServiceCollection AddTierCommands(this IServiceCollection services)
    {
        services.AddSingleton<TierInput>().AddSingleton<TierChoice>();
        services.AddCommand<TierAdd>().AddCommand<TierEdit>().AddCommand<TierList>().AddCommand<TierWhy>().AddCommand<TierRemove>();
        services.AddCommand<TierExempt>().AddCommand<TierUndo>().AddCommand<TierTellAdmins>();
        return services;
    }
}
