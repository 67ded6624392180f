using System.Text;
using Rally.Webhooks.Signing;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class SigningTests
{
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const long Timestamp = 1614265330;
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private static readonly WebhookSecret Secret = WebhookSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    [Fact]
    public void The_published_example_is_signed_as_published() =>
        Assert.Equal(Signature, WebhookSignature.Sign(Secret, Id, Timestamp, Body));

    [Theory]
    [InlineData(Signature)]
    [InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= " + Signature)]
    [InlineData("v1a,not-for-us v2,neither " + Signature + " v1,short")]
    public void One_right_signature_among_several_is_enough(string signatures) =>
        Assert.True(WebhookSignature.Verify([WebhookSecret.Create(), Secret], Id, Timestamp, Body, signatures));

    [Theory]
    [InlineData("")]
    [InlineData("v1,")]
    [InlineData("v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("V1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public void A_wrong_signature_is_refused(string signatures) =>
        Assert.False(WebhookSignature.Verify([Secret], Id, Timestamp, Body, signatures));

    [Fact]
    public void Another_id_time_body_or_secret_is_refused()
    {
        Assert.False(WebhookSignature.Verify([Secret], Id + "x", Timestamp, Body, Signature));
        Assert.False(WebhookSignature.Verify([Secret], Id, Timestamp + 1, Body, Signature));
        Assert.False(WebhookSignature.Verify([Secret], Id, Timestamp, Body.AsSpan(1), Signature));
        Assert.False(WebhookSignature.Verify([WebhookSecret.Create()], Id, Timestamp, Body, Signature));
        Assert.False(WebhookSignature.Verify(Array.Empty<WebhookSecret>(), Id, Timestamp, Body, Signature));
    }

    [Fact]
    public void A_secret_is_read_back_and_hides_itself()
    {
        var secret = WebhookSecret.Create();

        var signature = WebhookSignature.Sign(secret, Id, Timestamp, Body);

        Assert.True(WebhookSignature.Verify([WebhookSecret.Parse(secret.Reveal())], Id, Timestamp, Body, signature));
        Assert.Equal("whsec_…", $"{secret}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_not base64 at all, not base64 at all")]
    public void What_is_no_secret_is_refused_without_repeating_it(string? text)
    {
        var refusal = Assert.Throws<FormatException>(() => WebhookSecret.Parse(text));
        Assert.DoesNotContain("base64 at all", refusal.Message, StringComparison.Ordinal);
    }
}
