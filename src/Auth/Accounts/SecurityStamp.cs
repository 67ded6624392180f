using System.Security.Cryptography;

namespace Rally.Auth.Accounts;

/// <summary>What a cookie must carry of its account: it changes when all others are to end.</summary>
internal static class SecurityStamp
{
    public static string New() => Convert.ToHexString(RandomNumberGenerator.GetBytes(20));
}
