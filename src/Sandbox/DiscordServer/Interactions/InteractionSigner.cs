using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>Signs interactions for HTTP endpoints: Ed25519 over the timestamp followed by the body.</summary>
internal sealed class InteractionSigner(string privateKeyHex)
{
    private readonly Ed25519PrivateKeyParameters _key = new(Convert.FromHexString(privateKeyHex), 0);

    public string PublicKey => Convert.ToHexStringLower(_key.GeneratePublicKey().GetEncoded());

    /// <summary>The signature in hexadecimal, for X-Signature-Ed25519.</summary>
    public string Sign(string timestamp, byte[] body)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, _key);
        byte[] message = [.. Encoding.ASCII.GetBytes(timestamp), .. body];
        signer.BlockUpdate(message, 0, message.Length);
        return Convert.ToHexStringLower(signer.GenerateSignature());
    }
}
