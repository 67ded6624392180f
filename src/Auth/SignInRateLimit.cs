namespace Rally.Auth;

/// <summary>
/// How many tries to sign in, to sign up or to have a password reset one address has (of IPv6, one network of 64 bits):
/// so many at once, then so many a minute. The machine itself has no limit.
/// </summary>
public sealed class SignInRateLimit
{
    /// <summary>Tries a minute.</summary>
    public int PerMinute { get; set; } = 10;

    /// <summary>Tries at once.</summary>
    public int Burst { get; set; } = 30;
}
