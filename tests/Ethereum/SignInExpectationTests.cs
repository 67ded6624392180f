using Rally.Ethereum.SignIn;
using Xunit;

namespace Rally.Ethereum.Tests;

public sealed class SignInExpectationTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TestWallet Wallet = new(new string('1', 64));
    private static readonly SignInExpectation Expected = new("rally.example", "https://rally.example/account/links", 1, "Link this wallet.", "abcdefgh12345678");

    private static readonly SignInMessage Right = new()
    {
        Domain = "rally.example",
        Address = Wallet.Address,
        Statement = "Link this wallet.",
        Uri = "https://rally.example/account/links",
        ChainId = 1,
        Nonce = "abcdefgh12345678",
        IssuedAt = Now,
        ExpirationTime = Now.AddMinutes(10),
    };

    private static SignInFault? FaultOf(SignInMessage message, TestWallet? signer = null) =>
        Expected.FaultOf(SignInMessage.Parse(message.ToText()), message.ToText(), (signer ?? Wallet).Sign(message.ToText()), Now);

    [Fact]
    public void A_message_that_says_what_it_must_and_is_signed_counts()
    {
        Assert.Null(FaultOf(Right));
        Assert.Null(FaultOf(Right with { Scheme = "https", Domain = "RALLY.example", NotBefore = Now, ExpirationTime = null }));
        Assert.Null(FaultOf(Right with { IssuedAt = Now + SignInExpectation.ClockTolerance }));
    }

    [Fact]
    public void Each_departure_has_its_name()
    {
        Assert.Equal(SignInFault.OtherDomain, FaultOf(Right with { Domain = "evil.example" }));
        Assert.Equal(SignInFault.OtherDomain, FaultOf(Right with { Domain = "rally.example:444" }));
        Assert.Equal(SignInFault.OtherDomain, FaultOf(Right with { Domain = "rally.example@evil.example" }));
        Assert.Equal(SignInFault.OtherDomain, FaultOf(Right with { Scheme = "http" }));
        Assert.Equal(SignInFault.OtherUri, FaultOf(Right with { Uri = "https://rally.example/account" }));
        Assert.Equal(SignInFault.OtherChain, FaultOf(Right with { ChainId = 5 }));
        Assert.Equal(SignInFault.OtherStatement, FaultOf(Right with { Statement = "Link that wallet." }));
        Assert.Equal(SignInFault.OtherStatement, FaultOf(Right with { Statement = null }));
        Assert.Equal(SignInFault.OtherNonce, FaultOf(Right with { Nonce = "ABCDEFGH12345678" }));
        Assert.Equal(SignInFault.NotIssuedYet, FaultOf(Right with { IssuedAt = Now + SignInExpectation.ClockTolerance + TimeSpan.FromSeconds(1) }));
        Assert.Equal(SignInFault.NotValidYet, FaultOf(Right with { NotBefore = Now.AddSeconds(1) }));
        Assert.Equal(SignInFault.Expired, FaultOf(Right with { ExpirationTime = Now }));
        Assert.Equal(SignInFault.OtherSigner, FaultOf(Right, new TestWallet(new string('2', 64))));
    }

    [Fact]
    public void A_text_changed_after_it_was_signed_and_one_that_is_no_message_do_not_count()
    {
        var signature = Wallet.Sign((Right with { Statement = "Something else." }).ToText());
        Assert.Equal(SignInFault.OtherSigner, Expected.FaultOf(Right, Right.ToText(), signature, Now));
        Assert.Equal(SignInFault.OtherSigner, Expected.FaultOf(Right, Right.ToText(), null, Now));
        Assert.Equal(SignInFault.Malformed, Expected.FaultOf(null, "hello", Wallet.Sign("hello"), Now));
    }
}
