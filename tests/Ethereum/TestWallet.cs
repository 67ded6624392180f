using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Rally.Ethereum.Tests;

/// <summary>What a person signs with: a key of its own, and <c>personal_sign</c>.</summary>
internal sealed class TestWallet
{
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private readonly BigInteger _key;

    /// <param name="privateKey">32 bytes in hexadecimal.</param>
    public TestWallet(string privateKey)
    {
        _key = new BigInteger(privateKey, 16);
        var point = Curve.G.Multiply(_key).Normalize().GetEncoded(compressed: false)[1..];
        Address = EthereumAddress.Parse("0x" + Convert.ToHexStringLower(Keccak256.Hash(point).AsSpan(12)))!;
    }

    public EthereumAddress Address { get; }

    /// <summary>r, s and 27 or 28, in hexadecimal; the same text gives the same signature (RFC 6979).</summary>
    public string Sign(string text) => Sign(text, lowS: true);

    public string Sign(string text, bool lowS)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new Sha256Digest()));
        signer.Init(true, new ECPrivateKeyParameters(_key, new ECDomainParameters(Curve.Curve, Curve.G, Curve.N, Curve.H)));
        var parts = signer.GenerateSignature(PersonalMessage.Hash(text));
        var (r, low) = (parts[0], parts[1].Min(Curve.N.Subtract(parts[1])));
        var start = "0x" + Hex(r) + Hex(lowS ? low : Curve.N.Subtract(low));
        return new[] { "1b", "1c" }.Select(v => start + v)
            .First(candidate => !lowS || PersonalMessage.RecoverSigner(text, candidate) == Address);
    }

    private static string Hex(BigInteger number) => number.ToString(16).PadLeft(64, '0');
}
