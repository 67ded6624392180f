using Rally.Bot.Roles.Rules;
using Rally.Bot.Tests.Roles.Town;
using Rally.Ledger.Amounts;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.Roles;

/// <summary>
/// Random holdings, rule edits, joins, leaves, links, hands on roles and failures of both sides: whenever nobody is left to look at,
/// each member's roles are exactly what the rules say, by an evaluator that goes through the whole log. RALLY_ROLE_SEEDS=200 runs
/// as many seeds, RALLY_ROLE_SEED=7 that one; a failure names its seed and step.
/// </summary>
public sealed class RolesPropertyTests
{
    private const int Steps = 40;
    private static readonly ulong[] Roles = [11, 12, 13, 14];
    private const ulong Decoy = 15;
    private static readonly ulong[] Users = [101, 102, 103, 104, 105, 106];
    private static readonly string[] Coins = ["PTM", "ALLIE"];

    public static TheoryData<Engine, int> Seeds()
    {
        var data = new TheoryData<Engine, int>();
        if (int.TryParse(Environment.GetEnvironmentVariable("RALLY_ROLE_SEED"), out var only))
        {
            data.Add(Engine.Sqlite, only);
            return data;
        }

        var count = int.TryParse(Environment.GetEnvironmentVariable("RALLY_ROLE_SEEDS"), out var asked) ? asked : 14;
        for (var seed = 1; seed <= count; seed++)
            data.Add(Engine.Sqlite, seed);
        // What has worked for one while others waited for it.
        if (count < 39)
            data.Add(Engine.Sqlite, 39);
        if (TestDatabase.PostgresServer is not null)
            data.Add(Engine.Postgres, count + 1);
        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task When_quiet_everybody_has_exactly_the_roles_that_the_rules_say(Engine engine, int seed)
    {
        await using var town = await RoleTown.BuildAsync(engine, [.. Roles, Decoy], Coins);
        var world = new World(town, seed);
        await world.BeginAsync();
        for (var step = 1; step <= Steps; step++)
        {
            await world.StepAsync();
            await world.CheckAsync($"seed {seed}, step {step}: {world.Last}");
        }
    }

    private sealed class World(RoleTown town, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly RandomRules _rules = new(new Random(seed + 1_000_000), Coins);
        private readonly NaiveRules _naive = new(town.Network);
        private readonly Dictionary<ulong, (Guid Account, DateTimeOffset LinkedAt)> _links = [];
        private readonly HashSet<(ulong, ulong)> _decoys = [];
        private bool _losesEvents;
        private (object Standings, GuildRules Rules)? _beforeEdit;

        public string Last { get; private set; } = "";

        public async Task BeginAsync()
        {
            foreach (var user in Users)
            {
                town.Discord.Join(user);
                await LinkAsync(user, NewAccount());
            }

            foreach (var role in Roles.Take(3))
                await town.ChangeAsync(rules => rules.With(_rules.Tier(role, town.Clock.GetUtcNow())));
            await town.SettleAsync();
            await LookAsync();
        }

        public async Task StepAsync()
        {
            town.Clock.Jump(TimeSpan.FromHours(_random.Next(1, 8)));
            _losesEvents = _random.Next(4) == 0;
            var fails = _random.Next(3) == 0;
            var faults = new Random(_random.Next());
            town.Discord.Faults = _ => !fails ? PretendDiscord.Fault.None : faults.Next(12) switch
            {
                0 => PretendDiscord.Fault.Before,
                1 => PretendDiscord.Fault.After,
                2 => PretendDiscord.Fault.RateLimited,
                _ => PretendDiscord.Fault.None,
            };
            Last = await ActAsync();
            if (_random.Next(10) == 0)
            {
                // The process is restarted in the middle of it.
                await town.StopAsync();
                await town.StartAsync();
            }

            await town.SettleAsync(_ => _losesEvents);
            if (_losesEvents)
            {
                Last += ", events lost";
                town.Clock.Jump(TimeSpan.FromSeconds(61)); // the roles of a server are read anew each minute where nothing tells of them
                await town.SweepAsync();
                await town.SettleAsync();
            }

            await LookAsync();
        }

        /// <summary>
        /// The bot's looks are some seconds from the evaluator's, so that a time may have run out for the one and not for the other: what is
        /// otherwise then must not be so two minutes later.
        /// </summary>
        public async Task CheckAsync(string where)
        {
            try
            {
                await CompareAsync(where);
            }
            catch (Xunit.Sdk.XunitException)
            {
                town.Clock.Jump(TimeSpan.FromMinutes(2));
                await town.SettleAsync();
                await LookAsync();
                await CompareAsync($"{where}, and two minutes later");
            }
        }

        private async Task CompareAsync(string where)
        {
            var rules = await RulesAsync();
            foreach (var user in Users.Where(town.Discord.IsMember))
            {
                foreach (var tier in rules.Tiers.Where(tier => !rules.Exempt.Contains(user) && !town.Discord.IsAboveBot(tier.Role)))
                {
                    var has = town.Discord.Has(user, tier.Role);
                    if (_links.ContainsKey(user))
                        Assert.True(has == _wanted[user].Contains(tier.Role), $"{where}: {user} {(has ? "has" : "lacks")} {tier.Role}, {RuleJson.Write(tier)}");
                    else
                        Assert.False(has && town.Discord.WasBot(user, tier.Role), $"{where}: {user} is not linked and has {tier.Role} of the bot");
                }

                // What has no tier is none of the bot's business, whichever way it changes the others.
                Assert.True(_decoys.Contains((user, Decoy)) == town.Discord.Has(user, Decoy), $"{where}: the bot changed another role of {user}");
            }
        }

        private readonly Dictionary<ulong, HashSet<ulong>> _wanted = [];

        private async Task LookAsync()
        {
            var rules = await RulesAsync();
            foreach (var user in Users.Where(town.Discord.IsMember))
                _wanted[user] = _naive.Look(rules, user, _links.TryGetValue(user, out var link) ? link : null, town.Clock.GetUtcNow());
        }

        private Task<GuildRules> RulesAsync() => town.Rules.GetAsync(PretendDiscord.Guild, CancellationToken.None);

        private async Task<string> ActAsync()
        {
            var (kind, user) = (_random.Next(20), Users[_random.Next(Users.Length)]);
            if (kind != 15)
                _beforeEdit = null;
            switch (kind)
            {
                case < 8:
                    return await TransferAsync(user);
                case 8 when town.Discord.IsMember(user):
                    town.Discord.Leave(user);
                    _decoys.RemoveWhere(one => one.Item1 == user);
                    return $"{user} left";
                case 8 or 9:
                    if (town.Discord.IsMember(user))
                        return "nothing";
                    town.Discord.Join(user);
                    return $"{user} joined";
                case 10:
                    return await RelinkAsync(user);
                case 11 when town.Discord.IsMember(user):
                    var (role, give) = (Roles[_random.Next(Roles.Length)], _random.Next(2) == 0);
                    town.Discord.SetByHand(user, role, give);
                    return $"somebody {(give ? "gave" : "took")} {role} of {user}";
                case 12 when town.Discord.IsMember(user):
                    var wears = _decoys.Add((user, Decoy)) || !_decoys.Remove((user, Decoy));
                    town.Discord.SetByHand(user, Decoy, wears);
                    return $"decoy of {user}: {wears}";
                case 13:
                    var moved = Roles[_random.Next(Roles.Length)];
                    town.Discord.MoveRole(moved, town.Discord.IsAboveBot(moved) ? 1 : 200);
                    _losesEvents = true; // the guild's audit finds who was waiting for that
                    return $"{moved} moved";
                case 14:
                    return await OutageAsync(user);
                case 15 when _beforeEdit is { } before:
                    var former = new RulesVersion(before.Rules, "", 1, town.Clock.GetUtcNow());
                    Assert.IsType<RuleStore.Changed.To>(await town.Rules.UndoAsync(await RulesAsync(), former, 1, CancellationToken.None));
                    _naive.Restore(before.Standings);
                    _beforeEdit = null;
                    return "undone";
                default:
                    return await EditAsync(user);
            }
        }

        private async Task<string> EditAsync(ulong user)
        {
            var role = Roles[_random.Next(Roles.Length)];
            var before = await RulesAsync();
            var changed = _random.Next(8) switch
            {
                0 => before.Without(role),
                1 => before with { Exempt = before.Exempt.Contains(user) ? [] : [user] },
                _ => before.With(_rules.Tier(role, town.Clock.GetUtcNow())),
            };
            _beforeEdit = (_naive.Snapshot(), before);
            await town.ChangeAsync(_ => changed);
            return $"edited {role}";
        }

        private async Task<string> TransferAsync(ulong user)
        {
            if (!_links.TryGetValue(user, out var link))
                return "nothing";
            var coin = Coins[_random.Next(Coins.Length)];
            var held = town.Network.BalanceOf(link.Account, coin);
            var heard = !_losesEvents;
            switch (_random.Next(3))
            {
                case 0 when held > Amount.Zero:
                    await town.SendAsync(coin, link.Account, town.Network.Creators[coin], new(1 + _random.NextInt64(_random.Next(2) == 0 ? held.MinorUnits : 1 + (held.MinorUnits / 4))), heard);
                    break;
                case 1 when held > Amount.Zero:
                    await town.SendAsync(coin, link.Account, null, new(1 + _random.NextInt64(_random.Next(2) == 0 ? held.MinorUnits : 1 + (held.MinorUnits / 4))), heard);
                    break;
                default:
                    await town.SendAsync(coin, null, link.Account, Amount.Coins(_random.Next(1, 80)), heard);
                    break;
            }

            return $"{user} holds {town.Network.BalanceOf(link.Account, coin)} {coin} after {held}";
        }

        private async Task<string> RelinkAsync(ulong user)
        {
            if (!_links.Remove(user, out var link))
            {
                await LinkAsync(user, NewAccount());
                return $"{user} linked";
            }

            await town.Links.RemoveAsync(user, CancellationToken.None);
            if (_random.Next(2) == 0 || !town.Discord.IsMember(user))
                return $"{user} unlinked";
            await town.SettleAsync();
            await LookAsync();
            await LinkAsync(user, _random.Next(2) == 0 ? link.Account : NewAccount());
            return $"{user} linked anew";
        }

        /// <summary>The network is down while something happens: nothing may be taken for that.</summary>
        private async Task<string> OutageAsync(ulong user)
        {
            var before = Users.Where(town.Discord.IsMember).SelectMany(one => Roles.Where(role => town.Discord.Has(one, role)).Select(role => (one, role))).ToHashSet();
            town.Network.IsDown = true;
            await town.Dirty.MarkGuildAsync(PretendDiscord.Guild, "an outage", CancellationToken.None);
            for (var i = 0; i < 20; i++)
            {
                town.Clock.Advance(TimeSpan.FromMilliseconds(200));
                await Task.Delay(2);
            }

            var after = before.Where(one => town.Discord.Has(one.one, one.role)).ToHashSet();
            Assert.True(after.SetEquals(before.Where(one => _links.ContainsKey(one.one) || after.Contains(one))), $"seed {seed}: a role was taken while the network was down");
            town.Network.IsDown = false;
            return $"outage, {await TransferAsync(user)}";
        }

        private async Task LinkAsync(ulong user, Guid account)
        {
            _links[user] = (account, town.Clock.GetUtcNow());
            await town.LinkAsync(user, account);
        }

        private Guid NewAccount()
        {
            var bytes = new byte[16];
            _random.NextBytes(bytes);
            return new(bytes);
        }
    }
}
