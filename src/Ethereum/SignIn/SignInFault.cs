namespace Rally.Ethereum.SignIn;

/// <summary>What keeps a signed message from counting.</summary>
public enum SignInFault
{
    /// <summary>The text is not as EIP-4361 says.</summary>
    Malformed,

    /// <summary>It was made for another site.</summary>
    OtherDomain,

    /// <summary>It was made for another page or purpose.</summary>
    OtherUri,

    /// <summary>It was made for another chain.</summary>
    OtherChain,

    /// <summary>The person agreed to something else.</summary>
    OtherStatement,

    /// <summary>Its nonce is not the one that was given out.</summary>
    OtherNonce,

    /// <summary>It is from the future.</summary>
    NotIssuedYet,

    /// <summary>Its time has not come.</summary>
    NotValidYet,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The signature is not by the account that the message names.</summary>
    OtherSigner,
}
