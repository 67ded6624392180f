using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>Discord's Ed25519 signature over timestamp and raw body.</summary>
internal sealed class InteractionSignature
{
    private readonly byte[] _publicKey;

    /// <param name="publicKey">64 hexadecimal digits.</param>
    public InteractionSignature(string publicKey)
    {
        _publicKey = Convert.FromHexString(publicKey);
        ArgumentOutOfRangeException.ThrowIfNotEqual(_publicKey.Length, Ed25519.PublicKeySize, nameof(publicKey));
    }

    /// <param name="signature">The header X-Signature-Ed25519, hexadecimal.</param>
    /// <param name="timestamp">The header X-Signature-Timestamp, as it came.</param>
    public bool Matches(string? signature, string? timestamp, ReadOnlySpan<byte> body)
    {
        if (signature?.Length != 2 * Ed25519.SignatureSize || string.IsNullOrEmpty(timestamp))
            return false;
        var bytes = new byte[Ed25519.SignatureSize];
        if (Convert.FromHexString(signature, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp), .. body];
        return Ed25519.Verify(bytes, 0, _publicKey, 0, signed, 0, signed.Length);
    }
}
