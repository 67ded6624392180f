namespace Rally.Auth.Server.Keys;

/// <summary>The operator's way to change the keys that sign ID tokens before their time.</summary>
public sealed class ReplaceSigningKeys
{
    private readonly SigningKeys _keys;

    internal ReplaceSigningKeys(SigningKeys keys) => _keys = keys;

    /// <summary>
    /// Makes new keys, which sign from now on; other processes take them up within a minute. Apps that keep a list of keys read it
    /// again when they meet one that is not in it.
    /// </summary>
    /// <param name="withdraw">
    /// Whether the old keys are taken off the published list at once, because somebody may have them: ID tokens that they have
    /// signed are refused by whoever reads the list. Otherwise they stay on it until the last of these tokens is invalid.
    /// </param>
    /// <param name="stop">Ends the call before anything is changed.</param>
    public Task ExecuteAsync(bool withdraw, CancellationToken stop) => _keys.ReplaceAsync(withdraw, stop);
}
