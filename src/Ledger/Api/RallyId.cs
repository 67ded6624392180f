namespace Rally.Ledger.Api;

/// <summary>Ids in the API: 32 hexadecimal digits, with or without dashes.</summary>
internal static class RallyId
{
    public static bool TryParse(string? text, out Guid id) =>
        Guid.TryParseExact(text, "D", out id) || Guid.TryParseExact(text, "N", out id);
}
