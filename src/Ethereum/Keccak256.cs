using Org.BouncyCastle.Crypto.Digests;

namespace Rally.Ethereum;

/// <summary>Keccak with 256 bits, as Ethereum uses it: the submission to the SHA-3 contest, whose padding differs from the standard's.</summary>
public static class Keccak256
{
    /// <summary>Length of a digest in bytes.</summary>
    public const int Length = 32;

    /// <returns>32 bytes.</returns>
    public static byte[] Hash(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var digest = new KeccakDigest(8 * Length);
        digest.BlockUpdate(data, 0, data.Length);
        var hash = new byte[Length];
        digest.DoFinal(hash, 0);
        return hash;
    }
}
