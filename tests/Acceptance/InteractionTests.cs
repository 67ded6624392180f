using Rally.Bot.DiscordApi.Rest;

namespace Rally.Acceptance.Tests;

public sealed class InteractionTests
{
    [Fact]
    public async Task Commands_over_signed_http_are_answered_as_those_over_the_gateway()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        // The sandbox probes the address as Discord does, with good and bad signatures, before it takes it.
        await town.Inside<DiscordRest>().ModifyCurrentApplicationAsync(new Uri(town.Address, "discord/interactions"), CancellationToken.None);
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SaysAsync(town.Fan, "coin", "balance", "60 PTM");
        await town.SaysAsync(town.Fan, "tier", "add", "Manage Roles", ("role", $"{town.Gold}"), ("enter", "5"));
    }

    [Fact]
    public async Task A_command_that_takes_long_is_acknowledged_and_answered_later()
    {
        await using var town = await Town.WithGoldTierAsync();
        town.Network.Delay = TimeSpan.FromSeconds(4);
        await town.SaysAsync(town.Creator, "coin", "balance", "PTM");
    }

    [Fact]
    public async Task While_the_network_is_away_commands_say_so()
    {
        await using var town = await Town.WithGoldTierAsync();
        town.Network.IsUnreachable = true;
        await town.SaysAsync(town.Creator, "coin", "balance", "cannot be reached");
        await town.SaysAsync(town.Creator, "rally", "setup", "cannot be reached", ("symbol", "PTM"));
    }
}
