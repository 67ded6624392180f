using Rally.Auth.Server;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class OpaqueTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Tokens_of_crowds_are_kept_in_the_order_in_which_they_were_made()
    {
        var kept = Enumerable.Range(0, 1_000).Select(ms => Convert.ToHexString(OpaqueToken.Hash(OpaqueToken.New(Now.AddMilliseconds(ms)))!)).ToList();
        Assert.Equal(kept.Order(StringComparer.Ordinal), kept);
        Assert.Equal(1_000, kept.Select(each => each[12..]).Distinct().Count());
    }

    [Fact]
    public void Two_of_one_moment_share_nothing_but_the_moment()
    {
        var (one, other) = (OpaqueToken.New(Now), OpaqueToken.New(Now));
        Assert.Equal((52, one[..8]), (one.Length, other[..8]));
        Assert.NotEqual(one[8..], other[8..]);
        Assert.NotEqual(OpaqueToken.Hash(one)![6..], OpaqueToken.Hash(other)![6..]);
    }

    [Fact]
    public void Every_character_of_a_token_counts()
    {
        var token = OpaqueToken.New(Now);
        var kept = OpaqueToken.Hash(token)!;
        for (var i = 0; i < token.Length; i++)
        {
            var other = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.NotEqual(kept[6..], OpaqueToken.Hash(other)![6..]);
        }
    }

    [Fact]
    public void What_cannot_be_one_of_ours_has_no_hash()
    {
        Assert.Equal(32, OpaqueToken.Hash(OpaqueToken.New())!.Length);
        foreach (var no in new[] { null, "", new string('A', 44), new string('A', 51), new string('A', 53), new string('é', 52), "    " + new string('A', 48) })
            Assert.Null(OpaqueToken.Hash(no));
    }
}
