using System.Globalization;
using System.Text.RegularExpressions;

namespace Rally.Ethereum.SignIn;

/// <summary>The ABNF of EIP-4361, with the URIs of RFC 3986 and the times of RFC 3339.</summary>
internal static partial class SignInGrammar
{
    public const string Asks = " wants you to sign in with your Ethereum account:";

    private const string Unreserved = @"A-Za-z0-9\-._~";
    private const string SubDelims = "!$&'()*+,;=";
    private const string Encoded = "%[0-9A-Fa-f]{2}";
    private const string Scheme = @"[A-Za-z][A-Za-z0-9+.\-]*";
    private const string PChar = $"(?:[{Unreserved}{SubDelims}:@]|{Encoded})";
    private const string Host = $@"(?:\[[0-9A-Za-z{SubDelims}:.]+\]|(?:[{Unreserved}{SubDelims}]|{Encoded})+)";
    private const string Authority = $"(?:(?:[{Unreserved}{SubDelims}:]|{Encoded})*@)?{Host}(?::[0-9]*)?";
    private const string Path = $"(?://(?:{Authority})?(?:/{PChar}*)*|/(?:{PChar}+(?:/{PChar}*)*)?|(?:{PChar}+(?:/{PChar}*)*)?)";

    /// <returns>Null when the text is no such message.</returns>
    public static SignInMessage? Read(string text)
    {
        var lines = new Lines(text.Split('\n'));
        var header = Header().Match(lines.Next() ?? "");
        var address = lines.Next();
        if (!header.Success || EthereumAddress.Parse(address) is not { } account || account.Text != address || lines.Next() != "")
            return null;
        var statement = lines.Next() is { Length: > 0 } words ? words : null;
        if (statement is not null && (!StatementRule().IsMatch(statement) || lines.Next() != ""))
            return null;

        if (lines.Field("URI") is not { } uri || !UriRule().IsMatch(uri) ||
            lines.Field("Version") != "1" ||
            lines.Field("Chain ID") is not { } chain || !ulong.TryParse(chain, NumberStyles.None, CultureInfo.InvariantCulture, out var chainId) ||
            lines.Field("Nonce") is not { } nonce || !NonceRule().IsMatch(nonce) ||
            Time(lines.Field("Issued At")) is not { } issuedAt)
            return null;
        var (expiration, notBefore, requestId) = (lines.Field("Expiration Time"), lines.Field("Not Before"), lines.Field("Request ID"));
        if ((expiration is not null && Time(expiration) is null) || (notBefore is not null && Time(notBefore) is null) ||
            (requestId is not null && !RequestIdRule().IsMatch(requestId)))
            return null;

        var resources = lines.Resources();
        return !lines.AreRead || resources?.All(resource => UriRule().IsMatch(resource)) == false ? null : new SignInMessage
        {
            Scheme = header.Groups["scheme"] is { Success: true } scheme ? scheme.Value : null,
            Domain = header.Groups["domain"].Value,
            Address = account,
            Statement = statement,
            Uri = uri,
            ChainId = chainId,
            Nonce = nonce,
            IssuedAt = issuedAt,
            ExpirationTime = Time(expiration),
            NotBefore = Time(notBefore),
            RequestId = requestId,
            Resources = resources,
        };
    }

    /// <summary>A date-time of RFC 3339; a leap second, or a fraction of more than seven digits, is taken as the moment before.</summary>
    private static DateTimeOffset? Time(string? text)
    {
        var match = TimeRule().Match(text ?? "");
        if (!match.Success)
            return null;
        var second = match.Groups["second"].Value == "60" ? "59" : match.Groups["second"].Value;
        var fraction = match.Groups["fraction"].Value.PadRight(7, '0')[..7];
        var zone = match.Groups["zone"].Value is "Z" or "z" ? "+00:00" : match.Groups["zone"].Value;
        return DateTimeOffset.TryParseExact(
            $"{match.Groups["date"].Value}T{match.Groups["minute"].Value}:{second}.{fraction}{zone}",
            "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : null;
    }

    [GeneratedRegex($@"^(?:(?<scheme>{Scheme})://)?(?<domain>{Authority}){Asks}\z")]
    private static partial Regex Header();

    [GeneratedRegex($@"^[{Unreserved}{SubDelims}:/?#\[\]@ ]+\z")]
    private static partial Regex StatementRule();

    [GeneratedRegex($@"^{Scheme}:{Path}(?:\?(?:{PChar}|[/?])*)?(?:\#(?:{PChar}|[/?])*)?\z")]
    private static partial Regex UriRule();

    [GeneratedRegex(@"^[A-Za-z0-9]{8,}\z")]
    private static partial Regex NonceRule();

    [GeneratedRegex($@"^{PChar}*\z")]
    private static partial Regex RequestIdRule();

    [GeneratedRegex(@"^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?<minute>[0-9]{2}:[0-9]{2}):(?<second>[0-9]{2})(?:\.(?<fraction>[0-9]+))?(?<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex TimeRule();

    /// <summary>The lines of a message, taken from the first to the last.</summary>
    private sealed class Lines(string[] lines)
    {
        private int _next;

        public bool AreRead => _next == lines.Length;

        public string? Next() => _next < lines.Length ? lines[_next++] : null;

        /// <returns>What follows the name; null, and the line is still to be read, when it has another name.</returns>
        public string? Field(string name)
        {
            var start = name + ": ";
            return _next < lines.Length && lines[_next].StartsWith(start, StringComparison.Ordinal) ? lines[_next++][start.Length..] : null;
        }

        /// <returns>Null when there is no list.</returns>
        public List<string>? Resources()
        {
            if (AreRead || lines[_next] != "Resources:")
                return null;
            _next++;
            var found = new List<string>();
            while (!AreRead && lines[_next].StartsWith("- ", StringComparison.Ordinal))
                found.Add(lines[_next++][2..]);
            return found;
        }
    }
}
