using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Rally.Auth.Server;

namespace Rally.Auth.Passkeys;

/// <summary>
/// What passkeys must be like here: known to the device without a user name, and used only by whom the device has recognised
/// (so that one is as good as two factors), on pages of this server's public address and no other.
/// </summary>
internal sealed class PasskeySettings(IOptions<AuthOptions> options, Issuer issuer) : IConfigureOptions<IdentityPasskeyOptions>
{
    public void Configure(IdentityPasskeyOptions passkeys)
    {
        passkeys.ServerDomain = options.Value.PublicUrl?.Host;
        passkeys.UserVerificationRequirement = "required";
        passkeys.ResidentKeyRequirement = "required";
        passkeys.AttestationConveyancePreference = "none";
        passkeys.ValidateOrigin = context => ValueTask.FromResult(
            !context.CrossOrigin && context.Origin == issuer.Of(context.HttpContext.Request));
    }

    /// <summary>Whether browsers would make passkeys for this server: never for one that has an IP address for a name.</summary>
    public static bool ArePossible(Issuer issuer, HttpRequest request) =>
        Uri.TryCreate(issuer.Of(request), UriKind.Absolute, out var url) && url.HostNameType == UriHostNameType.Dns;
}
