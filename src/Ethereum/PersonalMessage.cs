using System.Globalization;
using System.Text;

namespace Rally.Ethereum;

/// <summary>Texts that wallets sign for people with <c>personal_sign</c> (EIP-191, version 0x45).</summary>
public static class PersonalMessage
{
    private const int SignatureLength = 65;

    /// <summary>What is signed: the digest of the text behind a prefix that no transaction can have.</summary>
    public static byte[] Hash(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var body = Encoding.UTF8.GetBytes(text);
        var prefix = string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{body.Length}");
        return Keccak256.Hash([.. Encoding.UTF8.GetBytes(prefix), .. body]);
    }

    /// <summary>Who signed.</summary>
    /// <param name="text">The text, to the last character as the wallet showed it.</param>
    /// <param name="signature"><c>0x</c> and 130 hexadecimal digits: r, s and the recovery number (27 or 28; some wallets write 0 or 1).</param>
    /// <returns>The signer's address, which the caller compares; null when this is no signature of a key.</returns>
    public static EthereumAddress? RecoverSigner(string text, string? signature)
    {
        if (signature is not ['0', 'x', .. { Length: 2 * SignatureLength } digits] || !digits.All(char.IsAsciiHexDigit))
            return null;
        var bytes = Convert.FromHexString(digits);
        bool? isOdd = bytes[^1] switch
        {
            0 or 27 => false,
            1 or 28 => true,
            _ => null,
        };
        return isOdd is { } odd && Secp256k1.Recover(Hash(text), bytes.AsSpan(0, SignatureLength - 1), odd) is { } key
            ? EthereumAddress.OfKey(key)
            : null;
    }
}
