using System.Text.Json;

namespace Rally.Auth.Server;

/// <summary>
/// A type of authorization_details (RFC 9396): the person's account is to be linked to an identity
/// elsewhere, which the pages name before consent.
/// </summary>
/// <param name="Provider">For example <c>Discord</c>; 1 to 32 characters.</param>
/// <param name="Name">What the identity is called there; 1 to 100 characters.</param>
/// <param name="Id">Its id there; 1 to 64 characters.</param>
internal sealed record IdentityLink(string Provider, string Name, string Id)
{
    public const string Type = "identity_link";

    /// <summary>As it goes into the token response.</summary>
    public object ToJson() => new { type = Type, provider = Provider, name = Name, id = Id };

    /// <returns>Null when the element is anything else, or has an unknown field.</returns>
    public static IdentityLink? Read(JsonElement element) =>
        AuthorizationDetails.Has(element, "type", "provider", "name", "id") &&
        AuthorizationDetails.Text(element, "provider", 32) is { } provider &&
        AuthorizationDetails.Text(element, "name", 100) is { } name &&
        AuthorizationDetails.Text(element, "id", 64) is { } id
            ? new IdentityLink(provider, name, id)
            : null;
}
