namespace Rally.Auth.Links;

/// <summary>Settings of linked identities.</summary>
public sealed class LinkOptions
{
    /// <summary>EIP-155 number of the chain that wallet messages name; 1 is Ethereum.</summary>
    public ulong ChainId { get; set; } = 1;
}
