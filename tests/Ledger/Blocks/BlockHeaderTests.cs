using System.Text;
using Rally.Ledger.Blocks;
using Xunit;

namespace Rally.Ledger.Tests.Blocks;

/// <summary>The known answers were computed with Python's struct and hashlib and signed with openssl; docs/chain.md has them too.</summary>
public sealed class BlockHeaderTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly byte[] Entries = [.. Enumerable.Repeat((byte)0xAB, 32)];

    [Fact]
    public void The_documented_example_has_its_bytes_hash_and_signature()
    {
        var header = new BlockHeader(1, BlockHeader.NoPreviousHash, 1, 2, Time, Entries, 1);
        var key = new AuthorityPrivateKey(Convert.FromHexString("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));

        Assert.Equal(
            "72616c6c7920626c6f636b2031" + "0000000000000001" + new string('0', 64) + "0000000000000001" + "0000000000000002" +
            "0000019b7ca98f2e" + string.Concat(Enumerable.Repeat("ab", 32)) + "0000000000000001",
            Convert.ToHexStringLower(header.ToCanonicalBytes()));
        Assert.Equal(
            "b86583c2f1cadea7f4707fcf348234bc3f7cc722de9ffbb02865b6c6a1fe4af8", Convert.ToHexStringLower(header.ComputeHash()));
        Assert.Equal(
            "ece8233c2173af46dc45ef755b51eac38094353ca4bdf0bad35621a39be8297c014b80defeb0b8efbd15c464be64adaf97feb878b91f7b026043877e78e00604",
            Convert.ToHexStringLower(key.Sign(header.ToCanonicalBytes())));
    }

    [Fact]
    public void Every_field_changes_the_hash()
    {
        BlockHeader[] headers =
        [
            new(1, Entries, 1, 2, Time, Entries, 1), new(2, Entries, 1, 2, Time, Entries, 1), new(1, new byte[32], 1, 2, Time, Entries, 1),
            new(1, Entries, 2, 2, Time, Entries, 1), new(1, Entries, 1, 3, Time, Entries, 1),
            new(1, Entries, 1, 2, Time.AddMilliseconds(1), Entries, 1), new(1, Entries, 1, 2, Time, new byte[32], 1),
            new(1, Entries, 1, 2, Time, Entries, 2),
        ];

        Assert.Equal(headers.Length, headers.Select(header => Convert.ToHexString(header.ComputeHash())).Distinct().Count());
    }

    [Fact]
    public void What_is_below_a_millisecond_is_not_kept() =>
        Assert.Equal(Time, new BlockHeader(1, Entries, 1, 1, Time.AddTicks(9_999), Entries, 1).SealedAt);

    [Theory]
    [InlineData(0, 32, 1, 1, 32, 1), InlineData(1, 31, 1, 1, 32, 1), InlineData(1, 32, 0, 1, 32, 1), InlineData(1, 32, 2, 1, 32, 1)]
    [InlineData(1, 32, 1, 1, 33, 1), InlineData(1, 32, 1, 1, 32, 0)]
    public void No_block_can_be_like_that(long height, int previousSize, long first, long last, int entriesSize, long authority) =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new BlockHeader(height, new byte[previousSize], first, last, Time, new byte[entriesSize], authority));

    [Theory] // RFC 8032, section 7.1, tests 1, 2, 3 and "SHA(abc)".
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void Signatures_are_those_of_RFC_8032(string seed, string publicKey, string message, string signature)
    {
        var key = new AuthorityPrivateKey(Convert.FromHexString(seed));
        var signed = Convert.FromHexString(message);
        var made = key.Sign(signed);

        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(made));
        Assert.True(AuthorityPrivateKey.Verify(key.PublicKey, signed, made));
        Assert.False(AuthorityPrivateKey.Verify(key.PublicKey, [.. signed, 0], made));
        made[10] ^= 1;
        Assert.False(AuthorityPrivateKey.Verify(key.PublicKey, signed, made));
    }

    [Fact]
    public void A_private_key_is_read_from_what_was_written_and_from_nothing_else()
    {
        var key = new AuthorityPrivateKey([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
        var pem = key.ToPem();

        Assert.Equal(key.PublicKey, AuthorityPrivateKey.FromPem(pem)!.PublicKey);
        Assert.Null(AuthorityPrivateKey.FromPem(""));
        Assert.Null(AuthorityPrivateKey.FromPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
        Assert.Null(AuthorityPrivateKey.FromPem(pem.Replace("PRIVATE", "PUBLIC", StringComparison.Ordinal)));
        Assert.Null(AuthorityPrivateKey.FromPem(Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(pem).AsSpan(0, 60))));
    }
}
