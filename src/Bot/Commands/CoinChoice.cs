using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary>The coin a command is about: the one named, else the server's own.</summary>
internal sealed class CoinChoice(RallyClient network, Guilds guilds)
{
    private const string Name = "coin";
    private const int LongestSymbol = 10;
    private const int Suggestions = 25;
    private const int Listed = 20;

    /// <summary>The option, with suggestions.</summary>
    public static CommandOption Option { get; } = new(CommandOptionType.String, Name, "") { Autocomplete = true, MaxLength = LongestSymbol };

    /// <summary>What came of a choice: the coin, or what to tell the caller instead.</summary>
    internal readonly record struct Choice(Coin? Coin, MessageReply? Refusal);

    public async Task<Choice> FindAsync(CommandCall call, CancellationToken stop) =>
        call.OptionalText(Name) is { } typed ? await FindAsync(call, typed, stop) : await FindOwnAsync(call, stop);

    /// <summary>The server's own coin.</summary>
    public async Task<Choice> FindOwnAsync(CommandCall call, CancellationToken stop) =>
        await guilds.FindCoinAsync(call.GuildId, stop) is { } own
            ? await FindAsync(call, own, stop)
            : new(null, call.Privately("coin.none-chosen"));

    public async Task<Choice> FindAsync(CommandCall call, string typed, CancellationToken stop)
    {
        if (await network.FindCoinAsync(typed.Trim(), stop) is { } coin)
            return new(coin, null);
        var known = string.Join(", ", (await network.ListCoinsAsync(stop)).Take(Listed).Select(one => one.Symbol));
        return new(null, known.Length > 0
            ? call.Privately("coin.unknown", Say.Quote(typed), known)
            : call.Privately("coin.none-launched", Say.Quote(typed)));
    }

    public async Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop)
    {
        var own = await guilds.FindCoinAsync(call.GuildId, stop);
        return (await network.ListCoinsAsync(stop))
            .Where(coin => coin.Symbol.Contains(typed, StringComparison.OrdinalIgnoreCase) || coin.Name.Contains(typed, StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(coin => coin.Symbol == own)
            .ThenByDescending(coin => coin.Symbol.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .ThenBy(coin => coin.Symbol, StringComparer.Ordinal)
            .Take(Suggestions)
            .Select(coin => new CommandChoice($"{coin.Symbol} · {coin.Name}", coin.Symbol))
            .ToList();
    }
}
