using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rally.Auth.Server.Keys;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class SigningKeyTests
{
    [Theory, EachEngine]
    public async Task One_key_of_each_algorithm_is_published_without_its_private_half(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var keys = await PublishedAsync(server);
        Assert.Equal(["ES256", "RS256"], keys.Select(key => key.GetProperty("alg").GetString()).Order());
        foreach (var key in keys)
        {
            string[] expected = key.GetProperty("kty").GetString() == "EC" ? ["alg", "crv", "kid", "kty", "use", "x", "y"] : ["alg", "e", "kid", "kty", "n", "use"];
            Assert.Equal(expected, key.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
            Assert.Equal("sig", key.GetProperty("use").GetString());
        }

        foreach (var stored in await server.Store.ReadAsync(connection => connection.QueryAsync<byte[]>("SELECT private_key FROM auth_signing_key")))
        {
            using var rsa = RSA.Create();
            using var curve = ECDsa.Create();
            Assert.ThrowsAny<CryptographicException>(() => rsa.ImportPkcs8PrivateKey(stored, out _));
            Assert.ThrowsAny<CryptographicException>(() => curve.ImportPkcs8PrivateKey(stored, out _));
        }
    }

    [Theory, EachEngine]
    public async Task A_successor_is_published_a_day_ahead_and_a_past_key_until_its_last_token_is_invalid(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var signer = server.Get<SigningKeys>();
        var first = (await signer.CurrentAsync("ES256", default)).Kid;

        server.Clock.Jump(TimeSpan.FromDays(89) - TimeSpan.FromSeconds(1));
        Assert.Equal([first], await KidsAsync(server));
        server.Clock.Jump(TimeSpan.FromSeconds(1));
        var both = await KidsAsync(server);
        var second = Assert.Single(both.Except([first]));
        Assert.Equal(first, (await signer.CurrentAsync("ES256", default)).Kid);

        server.Clock.Jump(TimeSpan.FromDays(1));
        Assert.Equal(second, (await signer.CurrentAsync("ES256", default)).Kid);
        server.Clock.Jump(TimeSpan.FromMinutes(10) + SigningKeys.Margin);
        Assert.Equal(both.Order(), (await KidsAsync(server)).Order());
        server.Clock.Jump(TimeSpan.FromSeconds(1));
        Assert.Equal([second], await KidsAsync(server));
    }

    [Theory, EachEngine]
    public async Task Processes_that_start_together_agree_on_the_keys(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var provider = server.Get<IDataProtectionProvider>();
        var processes = Enumerable.Range(0, 3).Select(_ => NewProcess(server, provider)).ToList();
        var kids = await Task.WhenAll(processes.Select(async process => (await process.CurrentAsync("ES256", default)).Kid));
        Assert.Single(kids.Distinct());
        Assert.Equal(2, (await PublishedAsync(server)).Count);
        processes.ForEach(process => process.Dispose());
    }

    [Theory, EachEngine]
    public async Task Without_the_keys_folder_of_before_a_new_key_signs_and_the_old_one_stays_published(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var before = (await server.Get<SigningKeys>().CurrentAsync("ES256", default)).Kid;
        using var other = NewProcess(server, new EphemeralDataProtectionProvider());
        var after = (await other.CurrentAsync("ES256", default)).Kid;
        Assert.NotEqual(before, after);
        Assert.Equal(new[] { before, after }.Order(), (await KidsAsync(server)).Order());
        server.Clock.Jump(TimeSpan.FromMinutes(2));
        Assert.Equal(before, (await server.Get<SigningKeys>().CurrentAsync("ES256", default)).Kid);
        Assert.Equal(after, (await other.CurrentAsync("ES256", default)).Kid);
    }

    [Theory, EachEngine]
    public async Task Replaced_keys_stay_published_until_their_last_token_is_invalid_and_withdrawn_ones_go_at_once(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var signer = server.Get<SigningKeys>();
        var first = (await signer.CurrentAsync("ES256", default)).Kid;
        server.Clock.Jump(TimeSpan.FromDays(89.5));
        var waiting = Assert.Single((await KidsAsync(server)).Except([first]));

        await server.Get<ReplaceSigningKeys>().ExecuteAsync(withdraw: false, default);
        var second = (await signer.CurrentAsync("ES256", default)).Kid;
        Assert.Equal(new[] { first, second }.Order(), (await KidsAsync(server)).Order());
        Assert.NotEqual(waiting, second);
        server.Clock.Jump(TimeSpan.FromMinutes(10) + SigningKeys.Margin + TimeSpan.FromSeconds(1));
        await signer.RotateAsync(default);
        Assert.Equal([second], await KidsAsync(server));

        await server.Get<ReplaceSigningKeys>().ExecuteAsync(withdraw: true, default);
        var third = (await signer.CurrentAsync("ES256", default)).Kid;
        Assert.NotEqual(second, third);
        Assert.Equal([third], await KidsAsync(server));
        Assert.Equal(2, (await PublishedAsync(server)).Count);
    }

    private static SigningKeys NewProcess(AuthServer server, IDataProtectionProvider provider) => new(
        server.Store, provider, Options.Create(new AuthOptions()), server.Clock, KeyPair.Make, NullLogger<SigningKeys>.Instance);

    private static async Task<IEnumerable<string>> KidsAsync(AuthServer server) =>
        (await PublishedAsync(server)).Where(key => key.GetProperty("alg").GetString() == "ES256").Select(key => key.GetProperty("kid").GetString()!);

    private static async Task<List<JsonElement>> PublishedAsync(AuthServer server) =>
        [.. (await OAuthApp.ReadAsync(await server.Http.GetAsync("/oauth2/jwks"))).GetProperty("keys").EnumerateArray()];
}
