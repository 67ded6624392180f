using System.Globalization;
using System.Text;

namespace Rally.Ethereum.SignIn;

/// <summary>A message of Sign-In with Ethereum (EIP-4361, version 1): its fields, and the text that a wallet shows and signs.</summary>
public sealed record SignInMessage
{
    /// <summary>Greatest length of a text that <see cref="Parse"/> looks at, in characters.</summary>
    public const int GreatestLength = 4_000;

    /// <summary>The scheme in front of the domain, for example <c>https</c>; null when the message has none.</summary>
    public string? Scheme { get; init; }

    /// <summary>Who asks: host, and port if it is not the scheme's own.</summary>
    public required string Domain { get; init; }

    /// <summary>Whose account.</summary>
    public required EthereumAddress Address { get; init; }

    /// <summary>What the person agrees to, one line of ASCII; null when the message has none.</summary>
    public string? Statement { get; init; }

    /// <summary>What the signature is for, an RFC 3986 URI.</summary>
    public required string Uri { get; init; }

    /// <summary>EIP-155 number of the chain; those above 64 bits are not read.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>At least eight letters and digits.</summary>
    public required string Nonce { get; init; }

    /// <summary>When the message was made.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>From when on it is void; null for never.</summary>
    public DateTimeOffset? ExpirationTime { get; init; }

    /// <summary>Before when it is void; null for no such time.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>A name the asking system gave it; null when the message has none.</summary>
    public string? RequestId { get; init; }

    /// <summary>URIs the person agrees to as well; null when the message has no such list.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>Reads a text by the grammar of EIP-4361, to the letter.</summary>
    /// <returns>Null when it is no such message.</returns>
    public static SignInMessage? Parse(string? text) => text is { Length: <= GreatestLength } ? SignInGrammar.Read(text) : null;

    /// <summary>The text to sign. Times are in UTC with milliseconds.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        if (Scheme is not null)
            text.Append(Scheme).Append("://");
        text.Append(Domain).Append(SignInGrammar.Asks).Append('\n').Append(Address.Text).Append("\n\n");
        if (Statement is not null)
            text.Append(Statement).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"\nURI: {Uri}\nVersion: 1\nChain ID: {ChainId}\nNonce: {Nonce}\nIssued At: {Time(IssuedAt)}");
        if (ExpirationTime is { } expiration)
            text.Append("\nExpiration Time: ").Append(Time(expiration));
        if (NotBefore is { } notBefore)
            text.Append("\nNot Before: ").Append(Time(notBefore));
        if (RequestId is not null)
            text.Append("\nRequest ID: ").Append(RequestId);
        if (Resources is not null)
            text.Append("\nResources:").AppendJoin("", Resources.Select(resource => $"\n- {resource}"));
        return text.ToString();
    }

    private static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
