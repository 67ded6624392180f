using System.Text;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Texts that programs stumble over.</summary>
internal static class Nasty
{
    private static readonly string[] Texts =
    [
        "", " ", "\0", "a\0b", "\u0001", "\r\n", "a\r\nX-Injected: 1", "\t", "-1", "0", "00", "+1", "1e400", "1e-400", "NaN", "-0", "0x10",
        "9223372036854775807", "9223372036854775808", "-9223372036854775809", "99999999999999999999999999999999999999", "1.0000001", ".5", "1,5",
        "null", "true", "[]", "{}", "[[[[[[[[[[", "{\"a\":", "' OR '1'='1", "\"; --", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "%s%n%x", "../../../etc/passwd",
        "..\\..\\", "//evil.example", "https://evil.example/", "javascript:alert(1)", "urn:ietf:params:oauth:request_uri:", "http://[::1", "http://a:99999999/",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{0195f0a0-0000-7000-8000-000000000001}", "0195f0a0", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z", "2026-02-30T00:00:00Z", "10000-01-01", "PTM", "ptm", "PTM\u0000", "RLY", "ＰＴＭ", "İ", "ß", "\u202Eabc", "\uFEFF", "\uFFFF", "😀", "e\u0301",
        "CfDJ8AAAA", "AAAA", "!!!!", "====", "eyJhbGciOiJub25lIn0.e30.", "*", "%", "%00", "%zz", "+", "&", "=", ";", "\\", "\u0000\u0000", "a b", "_", "-", ".", "..",
    ];

    private static readonly string[] Broken = ["%", "%z", "%zz", "%00", "%0", "%ff", "%c0%af", "%ed%a0%80", "%f4%90%80%80", "%e2%82", "%u0041", "%25%30%30", "\u00ff\u00fe", "\u00c3\u0028", "%2e%2e%2f", "%0d%0aX-Injected:%201"];

    /// <summary>A text, to be encoded.</summary>
    public static string Text(Random random) => random.Next(12) switch
    {
        0 => new string((char)random.Next('a', 'z'), random.Next(200, 3_000)),
        1 => new string('9', random.Next(20, 400)),
        2 => new string([.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(0, 0xD800))]),
        _ => Pick(random, Texts),
    };

    /// <summary>The same in the encoding of addresses and forms.</summary>
    public static string Encoded(Random random) => Uri.EscapeDataString(Text(random));

    /// <summary>What is no right encoding, or of no right text.</summary>
    public static string BrokenEncoding(Random random) => Pick(random, Broken);

    public static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>Another character at some place; not the last, of which base64 may not need all bits.</summary>
    public static string Flipped(Random random, string text)
    {
        if (text.Length < 2)
            return "x";
        var at = random.Next(text.Length - 1);
        var other = text[at] == 'A' ? 'B' : 'A';
        return new StringBuilder(text) { [at] = other }.ToString();
    }
}
