namespace Rally.Sandbox;

/// <summary>An app registered at one of the sandbox's sites, with which people can be asked to sign in there (OAuth 2).</summary>
/// <param name="ClientId">Its id.</param>
/// <param name="ClientSecret">Its secret, another one at each start.</param>
/// <param name="Authorize">Where to send browsers.</param>
/// <param name="Token">Where a code becomes a token.</param>
/// <param name="User">Where a token tells whose it is.</param>
public sealed record SandboxSignIn(string ClientId, string ClientSecret, Uri Authorize, Uri Token, Uri User)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Authorize}"; // the secret stays out of logs
}
