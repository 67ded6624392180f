using System.Text;
using Xunit;

namespace Rally.Ethereum.Tests;

/// <summary>Values from the EIPs, and from other implementations' documentation.</summary>
public sealed class KnownAnswerTests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Keccak_is_the_one_of_Ethereum(string text, string hash) =>
        Assert.Equal(hash, Convert.ToHexStringLower(Keccak256.Hash(Encoding.ASCII.GetBytes(text))));

    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0x8617E340B3D01FA5F11F306F4090FD50E238070D")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x27b1fdb04752bbc536007a920d24acb045561c26")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void Addresses_have_the_capitals_of_EIP_55(string address)
    {
        var lower = address.ToLowerInvariant();
        foreach (var typed in new[] { address, lower, "0x" + address[2..].ToUpperInvariant() })
            Assert.Equal((address, lower), (EthereumAddress.Parse(typed)!.Text, EthereumAddress.Parse(typed)!.Key));
        Assert.Equal(EthereumAddress.Parse(lower), EthereumAddress.Parse(address));
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed")] // one capital is missing
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg")]
    [InlineData(" 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_address_or_mistyped_is_refused(string? typed) => Assert.Null(EthereumAddress.Parse(typed));

    private const string Key = "4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    private const string Signed = "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c";
    private const string Signer = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";

    [Fact]
    public void A_personal_message_is_hashed_and_its_signer_found_as_web3_does()
    {
        Assert.Equal(
            "1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655",
            Convert.ToHexStringLower(PersonalMessage.Hash("Some data")));
        Assert.Equal(Signer, PersonalMessage.RecoverSigner("Some data", Signed)!.Text);
        Assert.Equal(Signer, PersonalMessage.RecoverSigner("Some data", Signed[..^2] + "01")!.Text);
        var wallet = new TestWallet(Key);
        Assert.Equal((Signer, Signed), (wallet.Address.Text, wallet.Sign("Some data")));
    }

    [Fact]
    public void Another_text_or_recovery_number_gives_another_signer()
    {
        Assert.NotEqual(Signer, PersonalMessage.RecoverSigner("Some date", Signed)?.Text);
        Assert.NotEqual(Signer, PersonalMessage.RecoverSigner("Some data", Signed[..^2] + "1b")?.Text);
    }

    [Fact]
    public void What_no_key_can_have_signed_is_refused()
    {
        const string order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        var (r, s) = (Signed[2..66], Signed[66..130]);
        string[] wrong =
        [
            "", "0x", Signed[2..], Signed + "00", Signed[..^2], Signed[..^2] + "1d", Signed[..^2] + "02", Signed[..^1] + "g",
            $"0x{new string('0', 64)}{s}1c", $"0x{r}{new string('0', 64)}1c", $"0x{order}{s}1c", $"0x{r}{order}1c",
            $"0x{"5".PadLeft(64, '0')}{s}1c", // no point of the curve has this x
        ];
        Assert.All(wrong, signature => Assert.Null(PersonalMessage.RecoverSigner("Some data", signature)));
        Assert.Null(PersonalMessage.RecoverSigner("Some data", null));
    }

    [Fact]
    public void The_higher_of_the_two_forms_of_a_signature_is_refused() =>
        Assert.Null(PersonalMessage.RecoverSigner("Some data", new TestWallet(Key).Sign("Some data", lowS: false)));
}
