namespace Rally.Ethereum.SignIn;

/// <summary>What a signed message must say to count.</summary>
/// <param name="Domain">Host, and port if it is not the scheme's own; compared without regard to case.</param>
/// <param name="Uri">What the signature is for.</param>
/// <param name="ChainId">EIP-155 number of the chain.</param>
/// <param name="Statement">What the person must have agreed to.</param>
/// <param name="Nonce">The nonce that was given out for it.</param>
public sealed record SignInExpectation(string Domain, string Uri, ulong ChainId, string Statement, string Nonce)
{
    /// <summary>How far the clock of whoever made the message may be ahead.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(60);

    /// <summary>Checks a message and its signature (EIP-4361, "Verifying a signed message").</summary>
    /// <param name="message">What was signed, as <see cref="SignInMessage.Parse"/> read it from <paramref name="text"/>.</param>
    /// <param name="text">The text itself.</param>
    /// <param name="signature">See <see cref="PersonalMessage.RecoverSigner"/>.</param>
    /// <param name="now">The time by which it must hold.</param>
    /// <returns>Null when the account in the message signed it, and it says what it must.</returns>
    public SignInFault? FaultOf(SignInMessage? message, string text, string? signature, DateTimeOffset now)
    {
        if (message is null)
            return SignInFault.Malformed;
        if (!message.Domain.Equals(Domain, StringComparison.OrdinalIgnoreCase) ||
            (message.Scheme is { } scheme && !Uri.StartsWith(scheme + ":", StringComparison.OrdinalIgnoreCase)))
            return SignInFault.OtherDomain;
        if (message.Uri != Uri)
            return SignInFault.OtherUri;
        if (message.ChainId != ChainId)
            return SignInFault.OtherChain;
        if (message.Statement != Statement)
            return SignInFault.OtherStatement;
        if (message.Nonce != Nonce)
            return SignInFault.OtherNonce;
        if (message.IssuedAt > now + ClockTolerance)
            return SignInFault.NotIssuedYet;
        if (message.NotBefore > now)
            return SignInFault.NotValidYet;
        if (message.ExpirationTime <= now)
            return SignInFault.Expired;
        return PersonalMessage.RecoverSigner(text, signature) == message.Address ? null : SignInFault.OtherSigner;
    }
}
