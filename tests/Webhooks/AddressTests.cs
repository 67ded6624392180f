using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Network;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void An_address_inside_somebodys_network_is_not_public(string address) =>
        Assert.False(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::101:101")]
    [InlineData("2002:101:101::1")]
    [InlineData("2606:4700:4700::1111")]
    public void An_address_on_the_internet_is_public(string address) =>
        Assert.True(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1:1/hook")]
    [InlineData("http://2130706433/hook")]
    [InlineData("http://0x7f.1/hook")]
    [InlineData("http://[::1]:1/hook")]
    [InlineData("http://[::ffff:10.0.0.1]/hook")]
    [InlineData("http://[64:ff9b::7f00:1]/hook")]
    [InlineData("http://[2002:7f00:1::1]/hook")]
    [InlineData("http://[fe80::1]/hook")]
    [InlineData("http://[fd00:ec2::254]/hook")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    public async Task A_private_address_as_URL_is_refused_at_once(string url)
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite, _ => { });

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => network.SubscribeAsync(url));
        Assert.Contains("public address", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Its operator can allow private addresses with Webhooks:AllowPrivateAddresses=true", refusal.Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_name_on_a_private_address_gets_no_connection(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, _ => { });
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

        await network.PostAsync();

        var status = await network.StatusAsync(subscription, "failures", 1);
        Assert.Equal(
            "localhost is not on a public address, and this network does not deliver to private ones. "
            + "Its operator can allow private addresses with Webhooks:AllowPrivateAddresses=true, or single origins with Webhooks:TrustedOrigins.",
            (string?)status["lastFailure"]);
        Assert.Empty(receiver.Deliveries);
    }

    [Theory, EachEngine]
    public async Task A_trusted_origin_may_be_on_loopback_and_no_other_port_of_it(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, _ => { });
        await using var own = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        network.Services.GetRequiredService<TrustedOrigins>().Add(new Uri(own.Url));
        await network.SubscribeAsync(own.Url);
        await Assert.ThrowsAsync<InvalidOperationException>(() => network.SubscribeAsync(other.Url));

        await network.PostAsync();

        await own.ArrivedAsync(1);
    }

    [Theory, EachEngine]
    public async Task A_redirect_into_somebodys_network_is_not_followed(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, _ => { });
        await using var own = await Receiver.StartAsync();
        await using var inside = await Receiver.StartAsync();
        network.Services.GetRequiredService<TrustedOrigins>().Add(new Uri(own.Url));
        own.Answer = context =>
        {
            context.Response.Headers.Location = inside.Url;
            return Receiver.Status(context, 307);
        };
        var subscription = await network.SubscribeAsync(own.Url);

        await network.PostAsync();

        var status = await network.StatusAsync(subscription, "failures", 1);
        Assert.Equal("It answered 307; redirects are not followed.", (string?)status["lastFailure"]);
        Assert.Empty(inside.Deliveries);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00::1")]
    [InlineData("169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    public async Task A_name_of_such_an_address_gets_no_connection(string address) =>
        Assert.IsType<AddressRefusedException>(await RefusedAsync(new Uri("http://inside.example:1/"), new([IPAddress.Parse(address)])));

    [Fact]
    public async Task A_name_that_turns_to_a_private_address_after_a_check_gets_no_connection()
    {
        await using var receiver = await Receiver.StartAsync();
        var answers = new Queue<IPAddress>([IPAddress.Parse("1.1.1.1"), IPAddress.Loopback]);
        Assert.True(Guard().Allows(new Uri("http://rebinding.example"), answers.Dequeue()));

        var refused = await RefusedAsync(new Uri($"http://rebinding.example:{new Uri(receiver.Url).Port}/"), answers);

        Assert.IsType<AddressRefusedException>(refused);
        Assert.Empty(answers);
        Assert.Empty(receiver.Deliveries);
    }

    /// <summary>Why there is no connection to a host whose name stands for these addresses, one after the other.</summary>
    private static async Task<Exception?> RefusedAsync(Uri url, Queue<IPAddress> answers)
    {
        var connector = new GuardedConnector(Guard()) { Resolve = (_, _) => Task.FromResult<IPAddress[]>([answers.Dequeue()]) };
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = connector.ConnectAsync });
        return (await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(url))).InnerException;
    }

    private static AddressGuard Guard() => new(Options.Create(new WebhooksOptions()), new TrustedOrigins(Options.Create(new WebhooksOptions())));
}
