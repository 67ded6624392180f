using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Rally.Auth.Accounts;

namespace Rally.Auth.Server.Devices;

/// <summary>POST /oauth2/device_authorization (RFC 8628, 3.1): for bots and consoles, which have no browser.</summary>
internal sealed class DeviceAuthorizationEndpoint(
    ClientAuthentication clients, ScopeCatalog scopes, DeviceRequests devices, Issuer issuer, AddressLimit limit, IOptions<AuthOptions> options)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var (client, form, error) = await clients.ReadAsync(context);
        // An app that has shown its secret is no stranger, and speaks for many people from one address.
        if (client is null or { IsPublic: true } && limit.SecondsToWait(context) is not null)
            return OAuthJson.Error(context.Response, OAuthError.TooManyRequests);
        if (client is null || form is null)
            return OAuthJson.Error(context.Response, error ?? OAuthError.InvalidClient);
        if (!client.MayUse(GrantType.DeviceCode))
            return OAuthJson.Error(context.Response, OAuthError.UnauthorizedClient("The client is not registered for devices."));
        var asked = Scope.Split(form["scope"]);
        if (scopes.FaultOf(asked, client) is { } fault)
            return OAuthJson.Error(context.Response, fault);

        var (deviceCode, userCode) = await devices.AddAsync(client, asked, context.RequestAborted);
        var page = issuer.Of(context.Request) + Paths.Device;
        return OAuthJson.Ok(context.Response, new
        {
            DeviceCode = deviceCode,
            UserCode = UserCode.Show(userCode),
            VerificationUri = page,
            VerificationUriComplete = $"{page}?user_code={UserCode.Show(userCode)}",
            ExpiresIn = (long)options.Value.DeviceCodeLifetime.TotalSeconds,
            Interval = DeviceRequests.PollSeconds,
        });
    }
}
