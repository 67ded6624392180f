using System.Text;

namespace Rally.Ethereum;

/// <summary>An account's address: 20 bytes, written with the capitals of EIP-55, which are its checksum.</summary>
public sealed record EthereumAddress
{
    private const int Digits = 40;

    private EthereumAddress(string lowerCaseDigits)
    {
        Key = "0x" + lowerCaseDigits;
        Text = "0x" + WithChecksum(lowerCaseDigits);
    }

    /// <summary><c>0x</c> and 40 hexadecimal digits in small letters: one form for comparing and keeping.</summary>
    public string Key { get; }

    /// <summary><c>0x</c> and 40 hexadecimal digits in the capitals of EIP-55.</summary>
    public string Text { get; }

    /// <summary>Reads an address as people have it: a checksum, where there is one, must be right.</summary>
    /// <param name="text">All digits in small letters, all in capitals, or mixed as EIP-55 says.</param>
    /// <returns>Null when it is no address, or mistyped.</returns>
    public static EthereumAddress? Parse(string? text)
    {
        if (text is not ['0', 'x', .. { Length: Digits } digits] || !digits.All(char.IsAsciiHexDigit))
            return null;
        var address = new EthereumAddress(digits.ToLowerInvariant());
        var isMixed = digits.Any(char.IsAsciiLetterUpper) && digits.Any(char.IsAsciiLetterLower);
        return isMixed && text != address.Text ? null : address;
    }

    /// <summary>The account of a public key (yellow paper, appendix F).</summary>
    /// <param name="publicKey">64 bytes: both coordinates, big-endian.</param>
    internal static EthereumAddress OfKey(byte[] publicKey) =>
        new(Convert.ToHexStringLower(Keccak256.Hash(publicKey).AsSpan(12)));

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string WithChecksum(string digits)
    {
        var hash = Keccak256.Hash(Encoding.ASCII.GetBytes(digits));
        return string.Concat(digits.Select((digit, i) =>
            (i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0xF) >= 8 ? char.ToUpperInvariant(digit) : digit));
    }
}
