using System.Security.Cryptography;

namespace Rally.Auth.Server.Devices;

/// <summary>
/// What a person types from a device's screen: eight consonants, which spell no word and are hard to mistake (RFC 8628,
/// 6.1). 20^8 of them are some 34 bits: enough for ten minutes, as wrong ones are counted.
/// </summary>
internal static class UserCode
{
    private const string Letters = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;

    public static string New() => RandomNumberGenerator.GetString(Letters, Length);

    /// <returns>The code, however it was typed; null when it cannot be one.</returns>
    public static string? Read(string? typed)
    {
        var letters = new string([.. (typed ?? "").Where(char.IsAsciiLetter).Select(char.ToUpperInvariant)]);
        return typed?.Length <= 4 * Length && letters.Length == Length && letters.All(Letters.Contains) ? letters : null;
    }

    /// <summary>As it is shown: <c>BCDF-GHJK</c>.</summary>
    public static string Show(string code) => $"{code[..(Length / 2)]}-{code[(Length / 2)..]}";
}
