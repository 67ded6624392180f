using System.Globalization;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;
using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary>Reads a tier from the options of <c>/tier add</c>, <c>edit</c> and <c>preview</c>, which are the same.</summary>
internal sealed class TierInput(Guilds guilds, RallyClient network)
{
    private const string Nothing = "none";

    public static IReadOnlyList<CommandOption> Options { get; } =
    [
        Text("enter", "Least holding to get the role, such as 50"),
        Text("leave", "Least holding to keep it, such as 45; below enter, so that it does not flicker"),
        Text("coin", "The coin it is about; this server's when left out") with { Autocomplete = true },
        Text("held_for", "How long enter must have been held, such as 30d"),
        Text("coins", "Several coins, each with enter or enter/leave: 50/45 PTM, 10 ALLIE"),
        Text("need", "How many of these coins: all, any, or a number"),
        Text("donated", "How much was ever sent to the coin's creator, such as 100"),
        Text("spent", "How much was sent to the creator this month, such as 25, or 25/20"),
        Text("linked_for", "How long the Rally account must have been linked, such as 14d"),
        Text("nft", "An NFT template"),
        Text("twitch", "follower or subscriber, and the channel"),
        Text("combine", "How these go together; all when left out") with { Choices = [new("all of them", "all"), new("any of them", "any"), new("none of them", "none")] },
        Text("grace", "How long the role stays when it is no longer met, such as 3d, or none"),
        Text("ladder", "Of the tiers with the same word here only the highest is given; none to add to others"),
        Text("rank", "Which one of a ladder is higher, such as 2"),
        Text("once", "Whether it is kept for good once it was met") with { Choices = [new("yes", "yes"), new("no", "no")] },
        Text("from", "When it begins (UTC): 2026-12-24 or 2026-12-24 18:00, or none"),
        Text("until", "When it ends (UTC), or none"),
        new(CommandOptionType.Channel, "channel", "A channel that the role may see and write in"),
    ];

    /// <param name="call">The command.</param>
    /// <param name="role">The tier's role.</param>
    /// <param name="before">The tier that is changed: what is not named stays; null for a new one.</param>
    /// <returns>The tier, or what to mend.</returns>
    public async Task<(Tier? Tier, string Mend)> ReadAsync(CommandCall call, ulong role, Tier? before, CancellationToken stop)
    {
        try
        {
            var conditions = await ConditionsAsync(call, stop);
            if (conditions.Count == 0 && before is null)
                return (null, "There is nothing to be met. Name at least one of `enter`, `coins`, `donated`, `spent` and `linked_for`.");
            var when = conditions.Count == 0 ? before!.When : Combine(call.OptionalText("combine"), conditions);
            var tier = (before ?? new Tier(role, when)) with { When = when };
            return (tier with
            {
                Grace = Change(call, "grace", tier.Grace, text => Span("grace", text)),
                Ladder = call.OptionalText("ladder") is { } ladder ? (IsNothing(ladder) ? null : Short("ladder", ladder)) : tier.Ladder,
                Rank = call.OptionalText("rank") is { } rank ? Number("rank", rank, -1_000, 1_000) : tier.Rank,
                Once = call.OptionalText("once") is { } once ? once == "yes" : tier.Once,
                From = Change(call, "from", tier.From, text => Moment("from", text)),
                Until = Change(call, "until", tier.Until, text => Moment("until", text)),
                Channel = call.OptionalUser("channel") ?? tier.Channel,
            }, "");
        }
        catch (InputException wrong)
        {
            return (null, wrong.Message);
        }
    }

    /// <summary>A duration such as 30d, 12h, 90m or 2w.</summary>
    public static bool TryReadSpan(string typed, out TimeSpan span)
    {
        span = default;
        typed = typed.Trim().ToLowerInvariant();
        if (typed.Length < 2 || !int.TryParse(typed[..^1].TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 100_000)
            return false;
        span = typed[^1] switch
        {
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            'w' => TimeSpan.FromDays(7 * count),
            _ => TimeSpan.Zero,
        };
        return span > TimeSpan.Zero;
    }

    private async Task<List<Condition>> ConditionsAsync(CommandCall call, CancellationToken stop)
    {
        var conditions = new List<Condition>();
        var enter = call.OptionalText("enter");
        string? coin = null;
        async Task<string> CoinAsync() => coin ??= await SymbolAsync(call.OptionalText("coin"), call.GuildId, stop);
        if (enter is not null)
        {
            var least = Amount(enter);
            var leave = call.OptionalText("leave") is { } typed ? Amount(typed) : least;
            conditions.Add(new CoinsHeld(
                [new(await CoinAsync(), least, leave, call.OptionalText("held_for") is { } span ? Span("held_for", span) : null)], 1));
        }
        else if (call.OptionalText("leave") is not null || call.OptionalText("held_for") is not null)
        {
            throw new InputException("`leave` and `held_for` go with `enter`: say how much has to be held, such as enter 50.");
        }

        if (call.OptionalText("coins") is { } several)
            conditions.Add(await SeveralAsync(several, call.OptionalText("need"), call.GuildId, stop));
        else if (call.OptionalText("need") is not null)
            throw new InputException("`need` goes with `coins`: name the coins, such as 50/45 PTM, 10 ALLIE.");
        if (call.OptionalText("donated") is { } donated)
            conditions.Add(new Donated(await CoinAsync(), Amount(donated)));
        if (call.OptionalText("spent") is { } spent)
        {
            var (most, least) = Pair(spent);
            conditions.Add(new SpentInMonth(await CoinAsync(), most, least));
        }

        if (call.OptionalText("linked_for") is { } linked)
            conditions.Add(new LinkedFor(Span("linked_for", linked)));
        if (call.OptionalText("nft") is { } nft)
            conditions.Add(new NftsOwned(nft, 1));
        if (call.OptionalText("twitch") is { } twitch)
            conditions.Add(new TwitchStanding(twitch, "follower"));
        return conditions;
    }

    private async Task<CoinsHeld> SeveralAsync(string typed, string? need, ulong guildId, CancellationToken stop)
    {
        var needs = new List<CoinNeed>();
        foreach (var one in typed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (one.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var amounts, var symbol])
                throw new InputException($"“{Say.Quote(one)}” is not an amount and a coin. Type them like 50/45 PTM, 10 ALLIE.");
            var (enter, leave) = Pair(amounts);
            needs.Add(new(await SymbolAsync(symbol, guildId, stop), enter, leave));
        }

        return new(needs, need switch { null or "all" => needs.Count, "any" => 1, _ => Number("need", need, 1, Math.Max(1, needs.Count)) });
    }

    private async Task<string> SymbolAsync(string? typed, ulong guildId, CancellationToken stop)
    {
        if (typed is null)
            return await guilds.FindCoinAsync(guildId, stop) ?? throw new InputException(Texts.NoCoin);
        if (await network.FindCoinAsync(typed.Trim(), stop) is { } coin)
            return coin.Symbol;
        var known = string.Join(", ", (await network.ListCoinsAsync(stop)).Take(20).Select(c => c.Symbol));
        throw new InputException($"There is no coin “{Say.Quote(typed)}”. {(known.Length > 0 ? $"Coins there are: {known}." : "No coin has been launched yet.")}");
    }

    private static Condition Combine(string? how, List<Condition> conditions) => how switch
    {
        "none" => new NoneOf(conditions),
        "any" when conditions.Count > 1 => new AnyOf(conditions),
        _ => conditions.Count == 1 ? conditions[0] : new AllOf(conditions),
    };

    private static T? Change<T>(CommandCall call, string option, T? before, Func<string, T> read)
        where T : struct =>
        call.OptionalText(option) is not { } typed ? before : IsNothing(typed) ? null : read(typed);

    private static bool IsNothing(string typed) => typed.Equals(Nothing, StringComparison.OrdinalIgnoreCase);

    private static Amount Amount(string typed) => AmountInput.TryRead(typed, out var amount, out var mend) ? amount : throw new InputException(mend);

    private static (Amount Enter, Amount Leave) Pair(string typed)
    {
        var parts = typed.Split('/', 2);
        var enter = Amount(parts[0]);
        return (enter, parts.Length == 2 ? Amount(parts[1]) : enter);
    }

    private static TimeSpan Span(string option, string typed) => TryReadSpan(typed, out var span)
        ? span
        : throw new InputException($"“{Say.Quote(typed)}” for `{option}` is not a duration. Type a number with m, h, d or w, such as 30d or 12h.");

    private static int Number(string option, string typed, int least, int most) =>
        int.TryParse(typed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InputException($"“{Say.Quote(typed)}” for `{option}` is not a whole number from {least} to {most}.");

    private static string Short(string option, string typed) => typed.Length <= 40
        ? typed
        : throw new InputException($"`{option}` has at most 40 characters.");

    private static DateTimeOffset Moment(string option, string typed) =>
        DateTimeOffset.TryParseExact(
            typed.Trim(), ["yyyy-MM-dd", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : throw new InputException($"“{Say.Quote(typed)}” for `{option}` is not a date. Type it like 2026-12-24 or 2026-12-24 18:00; it is read as UTC.");

    private static CommandOption Text(string name, string description) => new(CommandOptionType.String, name, description) { MaxLength = 200 };

    /// <summary>What was typed is wrong; the message says how to mend it.</summary>
    private sealed class InputException(string mend) : Exception(mend);
}
