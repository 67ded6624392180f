using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rally.Ledger.Api;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Events;
using Rally.Ledger.Exit;
using Rally.Ledger.Explorer;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Prices;
using Rally.Ledger.Spending;
using Rally.Ledger.Store;
using Rally.Ledger.Trades;
using Rally.Ledger.Transfers;
using Rally.Storage;
using Rally.Storage.Changes;

namespace Rally.Ledger;

/// <summary>Registers the ledger: coins, accounts, transfers and their feed.</summary>
public static class LedgerModule
{
    private const long MostCachedDocuments = 16 * 1024 * 1024;

    /// <summary>Adds the ledger on the store that <see cref="StorageModule.AddStorage"/> opens.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, Action<LedgerOptions>? configure = null)
    {
        services.AddOptions<LedgerOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOutbox();
        services.AddMigrations("ledger", typeof(LedgerModule).Assembly);
        services.AddSingleton<JournalStore>(provider =>
            provider.GetRequiredService<Database>().Engine == Engine.Sqlite ? new SqliteJournal() : new PostgresJournal());
        services.AddSingleton(new LogPlace(TransferFeed.LastPosition));
        services.AddSingleton<CommitSignal>();
        services.AddSingleton(provider => new LedgerClock(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IOptions<LedgerOptions>>().Value.LongestGap));
        services.AddSingleton(provider => new BatchCommitter(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<JournalStore>(),
            provider.GetRequiredService<Outbox>(),
            provider.GetRequiredService<LedgerClock>(),
            provider.GetRequiredService<IOptions<LedgerOptions>>().Value.CachedAccounts));
        services.AddSingleton<LedgerWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWriter>());
        services.AddSingleton<ITransferFeed, TransferFeed>();
        services.AddSingleton(provider => VerifyLedger.On(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new LaunchCoin(
            provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new IssueRly(
            provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SuspendCoin(
            provider.GetRequiredService<LedgerWriter>(), provider.GetRequiredService<Outbox>()));
        services.AddSingleton<ExpireHolds>();
        services.AddSingleton<ReleaseVested>();
        services.AddHostedService<LedgerChores>();
        services.AddSingleton<VerifyJob>();
        services.AddHostedService(provider => provider.GetRequiredService<VerifyJob>());
        services.AddSingleton<ReadCoins>();
        services.AddSingleton(provider => new FindCreator(provider.GetRequiredService<Database>()));
        services.AddSingleton(provider => new FindCoin(provider.GetRequiredService<Database>()));
        services.AddSingleton<ReadCoinFigures>();
        services.AddSingleton<ReadBalances>();
        services.AddSingleton<FindTransfer>();
        services.AddSingleton<PostTransfer>();
        services.AddSingleton(provider => new RequestedTransfers(
            provider.GetRequiredService<PostTransfer>(), provider.GetRequiredService<ReadCoinFigures>(), provider.GetRequiredService<UsdPrice>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new AuthorityKeys(
            provider.GetRequiredService<IOptions<LedgerOptions>>(), RandomNumberGenerator.Create(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SealBlocks(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<AuthorityKeys>(),
            RandomNumberGenerator.Create(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RotateAuthority(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<AuthorityKeys>()));
        services.AddSingleton(provider => new FindKeyFault(provider.GetRequiredService<AuthorityKeys>()));
        services.AddSingleton(provider => new ImportLedger(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<AuthorityKeys>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IValidateOptions<LedgerOptions>, UsdPriceOptionsCheck>();
        services.AddSingleton<UsdPrice>();
        services.AddSingleton<UsdPriceFeed>();
        services.AddSingleton<UsdPriceLog>();
        services.AddSingleton<ReadUsdPrices>();
        services.AddHostedService<UsdPricePoller>();
        AddFollowers(services);
        AddExplorer(services);
        services.AddSingleton<FindPending>();
        services.AddSingleton<EndPending>();
        services.AddSingleton<SpendWithin>();
        services.AddSingleton(provider => new FindSpent(provider.GetRequiredService<FindTransfer>(), provider.GetRequiredService<FindPending>()));
        services.AddSingleton<TradeCoins>();
        services.AddSingleton<QuoteTrade>();
        services.AddAuthorization();
        services.AddRateLimiter(_ => { });
        foreach (var (policy, writes) in new[] { (RateLimit.Reads, false), (RateLimit.Writes, true) })
        {
            services.AddKeyedSingleton(policy, (provider, _) => new RateLimit(provider.GetRequiredService<IOptions<LedgerOptions>>().Value.RateLimit, writes));
            services.AddOptions<RateLimiterOptions>().Configure<IServiceProvider>((limiter, provider) =>
                limiter.AddPolicy(policy, provider.GetRequiredKeyedService<RateLimit>(policy)));
        }

        return services;
    }

    private static void AddExplorer(IServiceCollection services)
    {
        services.AddSingleton<CoinsPage>();
        services.AddSingleton<CoinPage>();
        services.AddSingleton<AccountPage>();
        services.AddSingleton<TransferPage>();
        services.AddSingleton<LogPage>();
        services.AddSingleton<BlocksPage>();
    }

    private static void AddFollowers(IServiceCollection services)
    {
        services.AddSingleton<FollowedLog>();
        services.AddSingleton<LogFollower, HistoryFollower>();
        services.AddSingleton<LogFollower, MarketFollower>();
        services.AddHostedService<RunFollowers>();
        services.AddSingleton(provider => new RebuildFollowers(provider.GetServices<LogFollower>()));
        services.AddSingleton<ReadHistory>();
        services.AddSingleton<ReadMarket>();
        services.AddSingleton<ReadActivity>();
        services.AddSingleton<RecordedRates>();
        services.AddSingleton<FindPrice>();
        services.AddSingleton<ReadEvents>();
    }

    /// <summary>
    /// Adds the OpenAPI document of all endpoints below <c>/api</c> and <c>/v1</c>, whosever they are.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="authorize">Where people allow a program something; may be relative.</param>
    /// <param name="token">Where the program gets its token; may be relative.</param>
    public static IServiceCollection AddApiDocument(this IServiceCollection services, Uri authorize, Uri token) =>
        services.AddOpenApi("v1", new ApiDocument(authorize, token).Configure).AddOutputCache(options => options.SizeLimit = MostCachedDocuments);

    /// <summary>
    /// Maps <c>/coins</c>, <c>/accounts</c>, <c>/transfers</c>, <c>/trades</c>, <c>/blocks</c> and <c>/rly</c> under the host's prefix, rate limited
    /// where the host uses its rate limiter. What concerns an account asks
    /// <see cref="Microsoft.AspNetCore.Authorization.IAuthorizationService"/> with the account's <see cref="Guid"/> as the
    /// resource and an <c>OperationAuthorizationRequirement</c> named <c>balances:read</c>, <c>transfers:send</c> or
    /// <c>trades:make</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapLedgerEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("").WithTags("Ledger").AddEndpointFilter(RefuseWhenStoppingAsync);
        CoinEndpoints.Map(api);
        AccountEndpoints.Map(api);
        TransferEndpoints.Map(api);
        BlockEndpoints.Map(api);
        HistoryEndpoints.Map(api);
        MarketEndpoints.Map(api);
        PriceEndpoints.Map(api);
        LogEndpoints.Map(api);
        TradeEndpoints.Map(api);
        FormerEndpoints.MapSecond(api);
        FormerAccountEndpoints.MapSecond(api);
        return endpoints;
    }

    /// <summary>Maps the former Rally's first API under the host's prefix, as far as the ledger serves it.</summary>
    public static IEndpointRouteBuilder MapFormerLedgerEndpoints(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("").WithTags("Former API").WithMetadata(new FormerApi());
        FormerEndpoints.MapFirst(api);
        FormerAccountEndpoints.MapFirst(api);
        FormerMarketEndpoints.Map(api);
        return endpoints;
    }

    /// <summary>
    /// Holds other modules' endpoints of that API to the limits of the ledger's own writes, and lets refusals say so in its words.
    /// </summary>
    public static RouteGroupBuilder LimitAsFormerApi(this RouteGroupBuilder endpoints) =>
        endpoints.RequireRateLimiting(RateLimit.Writes).WithMetadata(new FormerApi(), new ProducesResponseTypeMetadata(429, typeof(ProblemDetails), ["application/problem+json"]));

    /// <summary>Holds other modules' endpoints to the limits of the ledger's own reads.</summary>
    public static RouteGroupBuilder LimitAsReads(this RouteGroupBuilder endpoints) =>
        endpoints.RequireRateLimiting(RateLimit.Reads).WithMetadata(new ProducesResponseTypeMetadata(429, typeof(ProblemDetails), ["application/problem+json"]));

    /// <summary>Maps the explorer's pages at <c>/explorer</c>: public, and nothing private on them.</summary>
    public static IEndpointRouteBuilder MapLedgerExplorer(this IEndpointRouteBuilder endpoints)
    {
        ExplorerPages.Map(endpoints);
        return endpoints;
    }

    /// <summary>
    /// Maps the document to <c>/openapi/v1.json</c>. To make it takes some 50 ms of a processor, so it is kept for each host that is
    /// asked (it names the server's address), and rate limited; the host must use the framework's output cache.
    /// </summary>
    public static IEndpointRouteBuilder MapApiDocument(this IEndpointRouteBuilder endpoints)
    {
        // Without the lock: who waits for another's answer fails with it when that one hangs up.
        endpoints.MapOpenApi().RequireRateLimiting(RateLimit.Reads)
            .CacheOutput(policy => policy.Expire(TimeSpan.FromHours(1)).SetVaryByQuery([]).SetLocking(false));
        return endpoints;
    }

    private static async ValueTask<object?> RefuseWhenStoppingAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (LedgerStoppedException stopped)
        {
            return Problems.Stopping(stopped.Message);
        }
        catch (LedgerClockException refused)
        {
            return Problems.ClockRefused(refused.Message);
        }
    }
}
