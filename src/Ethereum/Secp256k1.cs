using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace Rally.Ethereum;

/// <summary>The curve of Ethereum's keys: which public key made a signature (SEC 1, 4.1.6).</summary>
internal static class Secp256k1
{
    private const int ScalarLength = 32;
    private static readonly X9ECParameters Curve = CustomNamedCurves.GetByName("secp256k1");
    private static readonly BigInteger HalfOrder = Curve.N.ShiftRight(1);

    /// <param name="hash">32 bytes that were signed.</param>
    /// <param name="signature">r and s, 32 bytes each, big-endian.</param>
    /// <param name="isOdd">Whether the y coordinate of the signature's point is odd.</param>
    /// <returns>64 bytes, both coordinates; null when no key can have made it, or s is not the lower one of its two values (EIP-2).</returns>
    public static byte[]? Recover(byte[] hash, ReadOnlySpan<byte> signature, bool isOdd)
    {
        var r = new BigInteger(1, signature[..ScalarLength].ToArray());
        var s = new BigInteger(1, signature[ScalarLength..].ToArray());
        if (r.SignValue == 0 || r.CompareTo(Curve.N) >= 0 || s.SignValue == 0 || s.CompareTo(HalfOrder) > 0)
            return null;
        if (PointAt(signature[..ScalarLength], isOdd) is not { } point)
            return null;

        // Q = r^-1 (sR - eG). A point whose x is r + n exists for one signature in 2^127 and is not looked for.
        var inverse = r.ModInverse(Curve.N);
        var ofGenerator = new BigInteger(1, hash).Negate().Multiply(inverse).Mod(Curve.N);
        var ofPoint = s.Multiply(inverse).Mod(Curve.N);
        var key = ECAlgorithms.SumOfTwoMultiplies(Curve.G, ofGenerator, point, ofPoint).Normalize();
        return key.IsInfinity ? null : key.GetEncoded(compressed: false)[1..];
    }

    private static ECPoint? PointAt(ReadOnlySpan<byte> x, bool isOdd)
    {
        try
        {
            return Curve.Curve.DecodePoint([(byte)(isOdd ? 3 : 2), .. x]);
        }
        catch (ArgumentException)
        {
            return null; // no point of the curve has this x
        }
    }
}
