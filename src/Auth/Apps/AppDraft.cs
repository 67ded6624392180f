using Rally.Auth.Server;

namespace Rally.Auth.Apps;

/// <summary>What a developer says of an app.</summary>
/// <param name="Name">What people see.</param>
/// <param name="HomePage">Null for none.</param>
/// <param name="IsConfidential">Whether it can keep a secret; it stays so.</param>
/// <param name="RedirectUris">Where people's answers go, to the letter.</param>
/// <param name="ForDevices">Whether it also runs where there is no browser.</param>
/// <param name="Scopes">The most it may ask for.</param>
/// <param name="Webhook">What webhook endpoints are proposed to send to; null for nothing.</param>
internal sealed record AppDraft(
    string Name,
    string? HomePage,
    bool IsConfidential,
    IReadOnlyList<string> RedirectUris,
    bool ForDevices,
    IReadOnlyList<string> Scopes,
    string? Webhook)
{
    /// <summary>What follows from the rest.</summary>
    public IReadOnlyList<string> GrantTypes => [.. Uses()];

    public static AppDraft Of(Client client) => new(
        client.Name, client.HomePage, !client.IsPublic, client.RedirectUris, client.MayUse(GrantType.DeviceCode), client.Scopes, client.Webhook);

    private IEnumerable<string> Uses()
    {
        if (RedirectUris.Count > 0)
            yield return GrantType.AuthorizationCode;
        if (ForDevices)
            yield return GrantType.DeviceCode;
        if (RedirectUris.Count > 0 || ForDevices)
            yield return GrantType.RefreshToken;
        if (IsConfidential)
            yield return GrantType.ClientCredentials;
    }
}
