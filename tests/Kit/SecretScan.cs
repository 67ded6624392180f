using System.Buffers;
using System.Text.RegularExpressions;

namespace Rally.Testing;

/// <summary>Looks for secrets in what was logged: for those that are known, and for what looks like one of ours.</summary>
/// <param name="known">What tests have used; each of some length.</param>
public sealed partial class SecretScan(IEnumerable<string> known)
{
    private readonly HashSet<string> _words = [];
    private SearchValues<string>? _texts;

    /// <returns>What is wrong with the line, without showing the secret in full; null when nothing is.</returns>
    /// <param name="line">Of a log, or of what a program has printed.</param>
    /// <param name="isPrinted">Whether a program has printed it, perhaps on purpose.</param>
    public string? FaultOf(string line, bool isPrinted = false)
    {
        Prepare();
        if (isPrinted && OnPurpose().IsMatch(line))
            return null;
        line = CorrelationName().Replace(line, "");
        foreach (var match in Word().EnumerateMatches(line))
        {
            if (_words.Contains(line.Substring(match.Index, match.Length)))
                return Tell("a secret of the tests", line.Substring(match.Index, match.Length));
        }

        if (line.AsSpan().IndexOfAny(_texts!) is >= 0 and var at)
            return Tell("a secret of the tests", line[at..]);
        foreach (Match match in Looks().Matches(line))
        {
            var group = match.Groups.Cast<Group>().Skip(1).First(group => group.Success);
            if (group.Name != "opaque" || IsRandom(group.Value))
                return Tell($"what looks like {group.Name}", match.Value);
        }

        return null;
    }

    // By the word where it is one, which costs the same however many there are.
    private void Prepare()
    {
        if (_texts is not null)
            return;
        var secrets = known.Where(secret => secret.Length >= 8).ToLookup(secret => Word().Match(secret).Length == secret.Length);
        _words.UnionWith(secrets[true]);
        _texts = SearchValues.Create([.. secrets[false]], StringComparison.Ordinal);
    }

    // 256 random bits have all three kinds of characters; a name of 43 letters has not.
    private static bool IsRandom(string text) => text.Any(char.IsAsciiDigit) && text.Any(char.IsAsciiLetterUpper) && text.Any(char.IsAsciiLetterLower);

    private static string Tell(string what, string secret) => $"{what} ({secret[..Math.Min(4, secret.Length)]}…, {secret.Length} characters)";

    [GeneratedRegex("[A-Za-z0-9_-]{8,}")]
    private static partial Regex Word();

    // Which of a browser's journeys to another site an answer belongs to is in the name of a cookie that is worth nothing.
    [GeneratedRegex(@"'\.AspNetCore\.Correlation\.[\w-]{43}' cookie not found\.")]
    private static partial Regex CorrelationName();

    /// <summary>
    /// Two sentences are for the one who has started the program, and say a secret once: the link by which the first operator is
    /// made, and the secret of a client that was registered on the command line. Each must be the whole line.
    /// </summary>
    [GeneratedRegex(@"^This installation has no operator yet\. Who opens this link within a day, once, becomes it: https?://[^\s/]+/operator/setup\?token=[\w-]{43}$|^Network__ClientSecret=[\w-]{43}$")]
    private static partial Regex OnPurpose();

    /// <summary>
    /// Our tokens and codes (43 or 52 characters of base64url), what Data Protection seals (session cookies, forms' tokens, tickets),
    /// webhooks' secrets, keys in PEM, signed tokens, bots' tokens of Discord, authenticators' keys in Base32, headers that
    /// let in, and passwords in connection strings.
    /// </summary>
    [GeneratedRegex(@"(?<![\w-])(?<opaque>[\w-]{43}|[\w-]{52})(?![\w=-])|(?<sealed>CfDJ8[\w-]{20,})|(?<webhook>whsec_[A-Za-z0-9+/]{16,})|(?<pem>-----BEGIN [A-Z ]*PRIVATE KEY)|(?<jwt>eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})|(?<![\w.-])(?<discord>[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,})|(?<![\w])(?<base32>[A-Z2-7]{32})(?!\w)|(?<header>\b(?:Bearer|Basic|DPoP) [\w+/.~=-]{16,})|(?<connection>(?i:password)=[^;\s&]+;)")]
    private static partial Regex Looks();
}
