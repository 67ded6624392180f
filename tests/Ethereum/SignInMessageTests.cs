using Rally.Ethereum.SignIn;
using Xunit;

namespace Rally.Ethereum.Tests;

public sealed class SignInMessageTests
{
    // The examples of EIP-4361.
    private const string Implicit = """
        example.com wants you to sign in with your Ethereum account:
        0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2

        I accept the ExampleOrg Terms of Service: https://example.com/tos

        URI: https://example.com/login
        Version: 1
        Chain ID: 1
        Nonce: 32891756
        Issued At: 2021-09-30T16:25:24Z
        Resources:
        - ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
        - https://example.com/my-web2-claim.json
        """;

    private static readonly string Full = Implicit.Replace(
        "24Z\n", "24.000Z\nExpiration Time: 2021-10-01T00:00:00.000Z\nNot Before: 2021-09-30T00:00:00.000Z\nRequest ID: some%20id\n", StringComparison.Ordinal);

    [Fact]
    public void The_examples_of_the_EIP_are_read()
    {
        var message = SignInMessage.Parse(Implicit)!;
        Assert.Equal(
            (null, "example.com", "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "I accept the ExampleOrg Terms of Service: https://example.com/tos"),
            (message.Scheme, message.Domain, message.Address.Text, message.Statement));
        Assert.Equal(("https://example.com/login", 1ul, "32891756"), (message.Uri, message.ChainId, message.Nonce));
        Assert.Equal(new DateTimeOffset(2021, 9, 30, 16, 25, 24, TimeSpan.Zero), message.IssuedAt);
        Assert.Equal(["ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/", "https://example.com/my-web2-claim.json"], message.Resources!);
        Assert.Equal("example.com:3388", SignInMessage.Parse(Implicit.Replace("example.com wants", "example.com:3388 wants", StringComparison.Ordinal))!.Domain);
        var withScheme = SignInMessage.Parse("https://" + Implicit)!;
        Assert.Equal(("https", "example.com"), (withScheme.Scheme, withScheme.Domain));
    }

    [Fact]
    public void What_is_read_is_written_to_the_letter()
    {
        Assert.NotEqual(Implicit, Full);
        foreach (var text in new[]
        {
            Full, "https://" + Full, Full[..Full.IndexOf("\nResources", StringComparison.Ordinal)], Full[..Full.IndexOf("\n- ", StringComparison.Ordinal)],
            Full.Replace("I accept the ExampleOrg Terms of Service: https://example.com/tos\n", "", StringComparison.Ordinal),
        })
            Assert.Equal(text, SignInMessage.Parse(text)?.ToText());
    }

    [Theory]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30T18:25:24.5+02:00", "2021-09-30T16:25:24.500Z")]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30t16:25:24.123456789z", "2021-09-30T16:25:24.123Z")]
    [InlineData("2021-09-30T16:25:24Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z")]
    public void Times_are_read_as_RFC_3339_has_them(string old, string time, string same) =>
        Assert.Contains($"Issued At: {same}", SignInMessage.Parse(Implicit.Replace(old, time, StringComparison.Ordinal))!.ToText(), StringComparison.Ordinal);

    [Theory]
    [InlineData("example.com wants", " wants")]
    [InlineData("example.com wants", "exam ple.com wants")]
    [InlineData("example.com wants", "example.com%2 wants")]
    [InlineData("example.com wants", "example.com/path wants")]
    [InlineData("wants you", "Wants you")]
    [InlineData("account:", "account: ")]
    [InlineData("0xC02a", "0xc02a")] // mixed, and not as EIP-55 says
    [InlineData("Cc2\n\nI", "Cc2\nI")]
    [InlineData("tos\n\nURI", "tos\nURI")]
    [InlineData("I accept", "I äccept")]
    [InlineData("I accept", "I \"accept\"")]
    [InlineData("I accept", "I accept\nand")]
    [InlineData("URI: https://example.com/login", "URI: example.com/login")]
    [InlineData("URI: https://example.com/login", "URI: https://example.com/a b")]
    [InlineData("URI: https://example.com/login", "URI: https://example.com/#a#b")]
    [InlineData("URI: https://example.com/login", "URI:  https://example.com/login")]
    [InlineData("Version: 1", "Version: 2")]
    [InlineData("Version: 1", "Version: 01")]
    [InlineData("Chain ID: 1", "Chain ID: -1")]
    [InlineData("Chain ID: 1", "Chain ID: 0x1")]
    [InlineData("Chain ID: 1", "Chain ID: ")]
    [InlineData("Chain ID: 1", "Chain ID: 18446744073709551616")]
    [InlineData("Nonce: 32891756", "Nonce: 3289175")]
    [InlineData("Nonce: 32891756", "Nonce: 3289-1756")]
    [InlineData("Nonce: 32891756\n", "")]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30")]
    [InlineData("2021-09-30T16:25:24Z", "2021-02-30T16:25:24Z")]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30T16:25:24")]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30T16:25:24Z\nNot Before: tomorrow")]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30T16:25:24Z\nNot Before: 2021-09-30T16:25:24Z\nExpiration Time: 2021-09-30T16:25:24Z")]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30T16:25:24Z\nRequest ID: a/b")]
    [InlineData("2021-09-30T16:25:24Z", "2021-09-30T16:25:24Z\nAnything: else")]
    [InlineData("claim.json", "claim.json\n")]
    [InlineData("- https", "* https")]
    [InlineData("- https", "- ://")]
    [InlineData("\n", "\r\n")]
    public void What_departs_from_the_grammar_is_refused(string old, string changed)
    {
        var text = Implicit.Replace(old, changed, StringComparison.Ordinal);
        Assert.NotEqual(Implicit, text);
        Assert.Null(SignInMessage.Parse(text));
    }

    [Fact]
    public void Nothing_and_what_is_too_long_is_refused()
    {
        Assert.Null(SignInMessage.Parse(null));
        Assert.Null(SignInMessage.Parse(""));
        Assert.Null(SignInMessage.Parse(Implicit + new string('a', SignInMessage.GreatestLength)));
    }
}
