using Microsoft.Extensions.Options;
using Rally.Webhooks.Network;

namespace Rally.Webhooks;

/// <summary>Refuses at start what the annotations cannot express.</summary>
internal sealed class WebhooksOptionsCheck : IValidateOptions<WebhooksOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhooksOptions options)
    {
        var wrong = options.TrustedOrigins
            .Where(origin => !TrustedOrigins.IsOrigin(origin))
            .Select(origin => $"Webhooks:TrustedOrigins has '{origin}': write scheme, host and port only, like http://127.0.0.1:8080.")
            .ToList();
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
