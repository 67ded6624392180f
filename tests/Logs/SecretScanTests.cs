using Rally.Testing;
using Xunit;

namespace Rally.Logs.Tests;

/// <summary>The scan can fail: whatever is planted is found.</summary>
public sealed class SecretScanTests
{
    private const string Token = "Zm9vYmFyLWJhei1xdXV4LTAxMjM0NTY3ODktYWJjZG0";

    [Theory]
    [InlineData("GET /link/" + Token + " came", "opaque")]
    [InlineData("the code " + Token, "opaque")]
    [InlineData("refresh_token=AZrVn9QA" + Token + "g", "opaque")]
    [InlineData("cookie rally.session=CfDJ8J7zYYPdhgRMrTI_O3bX36vPg-roTxUHAZHvhPyMN6", "sealed")]
    [InlineData("signs with whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "webhook")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----", "pem")]
    [InlineData("id_token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl", "jwt")]
    [InlineData("Bot MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB", "discord")]
    [InlineData("the key JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP of an authenticator", "base32")]
    [InlineData("Authorization: Basic Ym90OmJvdC1zZWNyZXQtMDEyMzQ", "header")]
    [InlineData("Host=db;Password=hunter2;Database=rally", "connection")]
    public void What_looks_like_a_secret_is_found(string line, string kind) =>
        Assert.Contains($"looks like {kind} ", new SecretScan([]).FaultOf(line), StringComparison.Ordinal);

    [Theory]
    [InlineData("signing in alice with correct horse battery failed", "correct horse battery")]
    [InlineData("client_secret=bot-secret-0123456789&x", "bot-secret-0123456789")]
    [InlineData("\"hunter2hunter2\"", "hunter2hunter2")]
    public void A_secret_that_tests_have_used_is_found_whatever_it_looks_like(string line, string secret)
    {
        Assert.Null(new SecretScan([]).FaultOf(line));
        Assert.StartsWith("a secret of the tests (", new SecretScan([secret]).FaultOf(line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The account 01a22cbe-fd8c-74ad-8bcf-bb76988e4bf1 registered the app app-mjb58jb7cuf2y8yw")]
    [InlineData("4d967a2a1ff0a3d5e7b84a0b2ab0a2dd4d967a2a1ff0a3d5e7b84a0b2ab0a2dd is the hash of the block")]
    [InlineData("Rally.Auth.Server.RotateRefreshTokenXXXXXXXXXXX was not authenticated. Failure message: The access token is malformed.")]
    public void What_is_none_is_let_be(string line) => Assert.Null(new SecretScan([]).FaultOf(line));

    [Fact]
    public void The_first_operators_link_may_be_printed_in_its_sentence_alone()
    {
        const string Sentence = $"This installation has no operator yet. Who opens this link within a day, once, becomes it: http://127.0.0.1:5080/operator/setup?token={Token}";
        var scan = new SecretScan([]);
        Assert.Null(scan.FaultOf(Sentence, isPrinted: true));
        Assert.NotNull(scan.FaultOf(Sentence));
        Assert.NotNull(scan.FaultOf($"info: {Sentence}", isPrinted: true));
        Assert.NotNull(scan.FaultOf($"{Sentence} {Token}", isPrinted: true));
        Assert.NotNull(scan.FaultOf($"GET /operator/setup?token={Token}", isPrinted: true));
    }
}
