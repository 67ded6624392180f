using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Events are lost for good, and roles come right all the same.</summary>
public sealed class SweepTests
{
    [Theory, EachEngine]
    public async Task What_no_event_tells_the_sweep_finds_both_ways(Engine engine)
    {
        await using var town = await Town.WithGoldTierAsync(engine, settings: ("Network:LookAtNetworkEvery", "01:00:00"));
        await town.LinkAsync(town.Fan, "fan");
        await town.SettledAsync();
        var network = town.Inside<RallyClient>();
        using var listed = await network.SendAsOwnAsync(HttpMethod.Get, "api/webhook-endpoints", null, CancellationToken.None);
        var only = Assert.Single((await RallyClient.ReadAsync<EndpointList>(listed, CancellationToken.None)).Endpoints);
        using var removed = await network.SendAsOwnAsync(HttpMethod.Delete, $"api/webhook-endpoints/{only.Id}", null, CancellationToken.None);
        Assert.True(removed.IsSuccessStatusCode);

        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.SettledAsync();
        Assert.False(await town.HasAsync(town.Fan, town.Gold));
        await town.Inside<LookAtLinks>().RunOnceAsync(CancellationToken.None);
        await town.RoleBecomesAsync(town.Fan, true);

        await town.SendAsync(town.Fan, town.Creator, "20");
        await town.SettledAsync();
        Assert.True(await town.HasAsync(town.Fan, town.Gold));
        await town.Inside<LookAtLinks>().RunOnceAsync(CancellationToken.None);
        await town.RoleBecomesAsync(town.Fan, false);
        await town.SettledAsync(); // the role is gone a moment before the bot has noted it

        // What fits is left alone.
        await town.Inside<LookAtLinks>().RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, await town.Inside<Rally.Bot.Roles.DirtyMembers>().CountAsync(CancellationToken.None));
    }

    private sealed record EndpointList(IReadOnlyList<Endpoint> Endpoints);

    private sealed record Endpoint(Guid Id);
}
