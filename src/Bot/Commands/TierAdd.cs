using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;

namespace Rally.Bot.Commands;

/// <summary><c>/tier add</c>: a role for holders of the server's coin.</summary>
internal sealed class TierAdd(Tiers tiers, Guilds guilds, GuildRoles guildRoles, TimeProvider time) : SlashCommand
{
    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "add", "Give a role to everyone who holds enough of this server's coin",
        Required(CommandOptionType.Role, "role", "The role"),
        AmountOption("enter", "Least holding to get the role, such as 50"),
        AmountOption("leave", "Least holding to keep it, such as 45; below enter, so that it does not flicker") with { Required = false });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        if (!AmountInput.TryRead(call.Text("enter"), out var enter, out var mend))
            return Say.Privately(mend);
        var leave = enter;
        if (call.OptionalText("leave") is { } typed && !AmountInput.TryRead(typed, out leave, out mend))
            return Say.Privately(mend);
        if (leave > enter)
            return Say.Privately($"To keep the role, {leave} would be needed, more than the {enter} to get it. Make leave at most {enter}.");
        if (await guilds.FindCoinAsync(call.GuildId, stop) is not { } coin)
            return Say.Privately(Texts.NoCoin);

        var role = call.Role("role");
        var hierarchy = await guildRoles.GetAsync(call.GuildId, stop);
        if (hierarchy.WhyNot(role) is { } obstacle)
            return Say.Privately($"The bot cannot give {Say.Role(role)}. {obstacle}");

        var tier = new Tier(Guid.CreateVersion7(time.GetUtcNow()), call.GuildId, coin, role, enter, leave);
        return await tiers.AddAsync(tier, call.UserId, stop)
            ? Say.Publicly($"Whoever holds **{enter} {coin}** gets {Say.Role(role)}, and keeps it down to **{leave} {coin}**.")
            : Say.Privately($"{Say.Role(role)} has a tier already; `/tier list` shows it. Remove it with `/tier remove` first.");
    }
}
