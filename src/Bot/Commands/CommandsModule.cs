namespace Rally.Bot.Commands;

/// <summary>Registers the commands.</summary>
internal static class CommandsModule
{
    public static IServiceCollection AddCommands(this IServiceCollection services)
    {
        services.AddSingleton<Guilds>().AddSingleton<Prompts>().AddSingleton<ShownMembers>().AddSingleton<HoldingsText>().AddSingleton<CoinChoice>();
        services.AddSingleton<SendCoins>().AddSingleton<CheckSend>().AddSingleton<ConfirmSend>();
        services.AddSingleton<CommandDefinitions>().AddSingleton<CommandRegistration>().AddSingleton<CommandDispatcher>();
        services.AddCommand<CoinJoin>().AddCommand<CoinLeave>().AddCommand<CoinBalance>().AddCommand<CoinPriceCommand>().AddCommand<CoinSummary>();
        services.AddCommand<CoinList>().AddCommand<CoinLink>().AddCommand<CoinSend>().AddCommand<CoinDonate>().AddCommand<CoinLookup>();
        services.AddCommand<CoinTop>().AddCommand<CoinHistory>().AddCommand<CoinHelp>();
        services.AddTierCommands();
        services.AddSingleton<CheckGuild>().AddSingleton<GuildExport>();
        // Late, for it knows all commands, and one of them asks it.
        services.AddSingleton(provider => new Lazy<CommandRegistration>(provider.GetRequiredService<CommandRegistration>));
        services.AddCommand<RallySetup>().AddCommand<RallyStatus>().AddCommand<RallyDoctor>().AddCommand<RallyExport>();
        services.AddSingleton<MemberCommand, MemberBalance>().AddSingleton<MemberCommand, MemberSend>().AddSingleton<MemberCommand, MemberWhy>();
        return services;
    }

    // By its own type too, for what stands in another command's way to it.
    public static IServiceCollection AddCommand<T>(this IServiceCollection services)
        where T : SlashCommand =>
        services.AddSingleton<T>().AddSingleton<SlashCommand>(provider => provider.GetRequiredService<T>());
}
