using Rally.Bot.Roles.Facts;
using Rally.Bot.Roles.Notices;
using Rally.Bot.Roles.Reconciling;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Roles;

/// <summary>Registers what keeps roles as the rules say.</summary>
internal static class RolesModule
{
    /// <summary>What is needed also where Discord is off: events mark members, and links are looked at.</summary>
    public static IServiceCollection AddRules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RolesOptions>().Bind(configuration.GetSection("Roles")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DirtyMembers>().AddSingleton<RuleStore>().AddSingleton<Standings>().AddSingleton<Looks>().AddSingleton<Decisions>();
        services.AddSingleton<CoinCreators>().AddSingleton<Histories>().AddSingleton<ReadFacts>().AddSingleton<SweepHoldings>();
        return services;
    }

    /// <summary>What gives and takes roles on Discord.</summary>
    public static IServiceCollection AddRoleSync(this IServiceCollection services)
    {
        services.AddSingleton<GuildRoles>().AddSingleton<GuildEvents>().AddSingleton<ChangesUnderWay>();
        services.AddSingleton<Obstacles>().AddSingleton<Contests>().AddSingleton<KeepChannels>();
        services.AddSingleton<ChangeRoles>().AddSingleton<ReconcileMember>().AddSingleton<AuditGuild>();
        services.AddSingleton<NoticeBoard>().AddHostedService<TellNotices>();
        services.AddSingleton<Audits>().AddHostedService(provider => provider.GetRequiredService<Audits>());
        services.AddHostedService<Reconciler>();
        return services;
    }
}
