using System.Text.Json;

namespace Rally.Auth.Server;

/// <summary>
/// A type of authorization_details (RFC 9396): the person's account is to be linked to an identity
/// elsewhere, which the pages name before consent.
/// </summary>
/// <param name="Provider">For example <c>Discord</c>; 1 to 32 characters.</param>
/// <param name="Name">What the identity is called there; 1 to 100 characters.</param>
/// <param name="Id">Its id there; 1 to 64 characters.</param>
/// <param name="Guild">The id of the Discord server in which the person asked for it; null where there is none.</param>
internal sealed record IdentityLink(string Provider, string Name, string Id, string? Guild = null)
{
    public const string Type = "identity_link";

    // An unsigned number of 64 bits.
    private const int MostGuildDigits = 20;

    /// <summary>As it goes into the token response.</summary>
    public object ToJson() => Guild is null
        ? new { type = Type, provider = Provider, name = Name, id = Id }
        : new { type = Type, provider = Provider, name = Name, id = Id, guild = Guild };

    /// <returns>Null when the element is anything else, or has an unknown field.</returns>
    public static IdentityLink? Read(JsonElement element)
    {
        var guild = AuthorizationDetails.Text(element, "guild", MostGuildDigits);
        return AuthorizationDetails.Has(element, "type", "provider", "name", "id", "guild") &&
            AuthorizationDetails.Text(element, "provider", 32) is { } provider &&
            AuthorizationDetails.Text(element, "name", 100) is { } name &&
            AuthorizationDetails.Text(element, "id", 64) is { } id &&
            (guild is null ? !element.TryGetProperty("guild", out _) : guild.All(char.IsAsciiDigit))
                ? new IdentityLink(provider, name, id, guild)
                : null;
    }
}
