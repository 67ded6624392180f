using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Hosting;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Facts;
using Rally.Bot.Roles.Notices;
using Rally.Bot.Roles.Reconciling;
using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.Roles.Town;

/// <summary>All of the bot that keeps roles, on a real store, between a Discord and a network in memory, by a clock of the test's.</summary>
internal sealed class RoleTown : IAsyncDisposable
{
    private readonly TestDatabase _store;
    private readonly DiscordRest _rest;
    private readonly HttpClient _http;
    private readonly Installation _installation = new();
    private readonly Func<Reconciler> _makeReconciler;
    private readonly SweepHoldings _sweep;
    private readonly FanHoldings _holdings;
    private readonly TellNotices _tell;
    private Reconciler? _reconciler;

    private RoleTown(TestDatabase store, Database database, FakeClock clock, IReadOnlyList<ulong> roles, PretendNetwork network)
    {
        (_store, Database, Clock, Network) = (store, database, clock, network);
        Discord = new PretendDiscord(roles);
        _rest = new(
            new DiscordOptions { Token = "t", GlobalRequestsPerSecond = 10_000 }, new HttpClient(Discord), clock, () => 0, NullLogger<DiscordRest>.Instance);
        _http = RallyHttp.CreateClient(clock, network);
        var address = new Uri("http://network.test/");
        _installation.Set(new(address, address, address, address, IsEmbedded: false, "bot", "secret"));
        var oauth = new RallyOAuth(_http, _installation, Options.Create(new NetworkOptions()));
        var client = new RallyClient(_http, _installation, new AppToken(oauth, clock), clock);

        Dirty = new(database, clock);
        Links = new(database, Dirty);
        Rules = new(database, Dirty, clock);
        Decisions = new(database);
        var standings = new Standings(database);
        _holdings = new FanHoldings(Links, new FanTokens(Links, oauth, new EphemeralDataProtectionProvider(), clock), client);
        var facts = new ReadFacts(Links, _holdings, new Histories(database, client, new CoinCreators(client), clock), client);
        _sweep = new(Rules, facts, standings, new Looks(database), Links, Dirty, clock);
        var (guildRoles, underWay, board) = (new GuildRoles(_rest, clock), new ChangesUnderWay(), new NoticeBoard(database, clock));
        var obstacles = new Obstacles(database, board);
        var change = new ChangeRoles(_rest, guildRoles, obstacles, new Contests(database, board, clock), Decisions, underWay, Dirty, clock);
        var reconcile = new ReconcileMember(
            Rules, facts, standings, change, _rest, guildRoles, obstacles, Decisions, new TierReports(database, clock), board, underWay, database, clock,
            NullLogger<ReconcileMember>.Instance);
        Audit = new(_rest, guildRoles, Rules, new Looks(database), obstacles, new KeepChannels(_rest, guildRoles, obstacles, clock), Dirty, database, NullLogger<AuditGuild>.Instance);
        Events = new(Dirty, guildRoles, Links, Rules, Decisions, underWay, new Audits(
            Audit, Rules, _installation, Options.Create(new RolesOptions()), clock, NullLogger<Audits>.Instance));
        _tell = new(board, _rest, Rules, _installation, () => 0, NullLogger<TellNotices>.Instance);
        _makeReconciler = () => new(Dirty, reconcile, _installation, () => 0, clock, Log.For<Reconciler>());
    }

    public Database Database { get; }

    public FakeClock Clock { get; }

    public PretendDiscord Discord { get; }

    public PretendNetwork Network { get; }

    public CapturedLogs Log { get; } = new();

    public DirtyMembers Dirty { get; }

    public Links Links { get; }

    public RuleStore Rules { get; }

    public Decisions Decisions { get; }

    public GuildEvents Events { get; }

    public AuditGuild Audit { get; }

    public static async Task<RoleTown> BuildAsync(Engine engine, IReadOnlyList<ulong> roles, params string[] coins)
    {
        var clock = new FakeClock(new DateTimeOffset(2026, 1, 28, 0, 5, 0, TimeSpan.Zero)); // so that a month turns on the way
        var store = await TestDatabase.CreateAsync(engine);
        var database = Database.Open(store.Setting);
        await new Migrator(database, [new MigrationSet("bot", typeof(BotModule).Assembly)], clock).RunAsync();
        var network = new PretendNetwork();
        foreach (var coin in coins)
            network.Creators[coin] = Guid.CreateVersion7(clock.GetUtcNow());
        var town = new RoleTown(store, database, clock, roles, network);
        await town.StartAsync();
        return town;
    }

    public async Task StartAsync()
    {
        _reconciler = _makeReconciler();
        await _reconciler.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        var stopping = _reconciler!.StopAsync(CancellationToken.None);
        await PumpAsync(() => Task.FromResult(stopping.IsCompleted), "the reconciler stops");
        await stopping;
        _reconciler.Dispose();
    }

    public async Task LinkAsync(ulong user, Guid account) => Assert.IsType<Links.MakeResult.Made>(await Links.MakeAsync(
        new Link(user, account, $"u{user}", PretendDiscord.Guild, Clock.GetUtcNow(), null), [1], CancellationToken.None));

    public async Task<GuildRules> ChangeAsync(Func<GuildRules, GuildRules> change)
    {
        var rules = await Rules.GetAsync(PretendDiscord.Guild, CancellationToken.None);
        return Assert.IsType<RuleStore.Changed.To>(await Rules.ChangeAsync(change(rules), "a test", by: 1, CancellationToken.None)).Rules;
    }

    /// <summary>A transfer, which the bot hears of unless the event is lost.</summary>
    public Task SendAsync(string coin, Guid? from, Guid? to, Amount amount, bool isHeard = true)
    {
        var entry = Network.Post(coin, from, to, amount, Clock.GetUtcNow());
        return !isHeard ? Task.CompletedTask : Dirty.InTransactionAsync(async transaction =>
        {
            await CatchUp.MarkAsync(transaction, Dirty, new(entry.Position, coin, from, to, amount.ToString()));
            return true;
        }, CancellationToken.None);
    }

    /// <summary>Lets the bot hear what Discord told, and work until nobody is left to look at.</summary>
    /// <param name="losesEvents">Which of the gateway's events do not arrive.</param>
    public async Task SettleAsync(Func<GatewayEvent, bool>? losesEvents = null)
    {
        await Dirty.MarkTimedAsync(CancellationToken.None);
        // Hearing one may ask Discord, which may take time.
        var hearing = Task.CompletedTask;
        await PumpAsync(async () =>
        {
            while (hearing.IsCompleted && Discord.NextTold() is { } told)
            {
                await hearing;
                hearing = losesEvents?.Invoke(told) == true ? Task.CompletedTask : Events.HandleAsync(told, CancellationToken.None);
            }

            return hearing.IsCompleted && await Dirty.CountAsync(CancellationToken.None) == 0;
        }, "nobody is left to look at");
        await hearing;
    }

    /// <summary>What finds what events did not tell.</summary>
    public async Task SweepAsync()
    {
        foreach (var user in await Links.StandingAsync(null, 1_000, CancellationToken.None))
        {
            var read = _holdings.ReadAsync(user, CancellationToken.None);
            if (await read is { } held)
                await _sweep.MarkAsync(user, held, CancellationToken.None);
        }

        await RunAsync(Audit.ExecuteAsync(PretendDiscord.Guild, CancellationToken.None));
    }

    public Task TellAsync() => RunAsync(_tell.RunOnceAsync(CancellationToken.None));

    /// <summary>Lets time go by while something waits for it.</summary>
    public async Task RunAsync(Task work)
    {
        await PumpAsync(() => Task.FromResult(work.IsCompleted), "it is done");
        await work;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _rest.Dispose();
        _http.Dispose();
        await Database.DisposeAsync();
        await _store.DisposeAsync();
    }

    private Task PumpAsync(Func<Task<bool>> condition, string wanted) => Eventually.TrueAsync(async () =>
    {
        for (var i = 0; i < 5; i++)
        {
            if (await condition())
                return true;
            Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Delay(1);
        }

        return false;
    }, wanted, TimeSpan.FromSeconds(60));
}
