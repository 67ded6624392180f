using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Rally.Auth.Apps;

namespace Rally.Auth.Server;

/// <summary>
/// May this token do an operation, named as a scope, on an account? The scope must be on the token; and the token
/// must be the account's own, or a client's which the account has consented to for that scope.
/// </summary>
internal sealed class GrantedOperationHandler(Consents consents, ScopeCatalog catalog)
    : AuthorizationHandler<OperationAuthorizationRequirement, Guid>
{
    protected override async Task HandleRequirementAsync(
        AuthorizationHandlerContext context, OperationAuthorizationRequirement requirement, Guid resource)
    {
        if (!context.User.HasClaim("scope", requirement.Name))
            return;
        var mayAct = context.User.FindFirstValue("sub") is { } subject
            ? Guid.TryParse(subject, out var account) && account == resource
            : catalog.IsForClients(requirement.Name) && context.User.FindFirstValue("client_id") is { } client &&
              await consents.CoverAsync(resource, client, [requirement.Name], CancellationToken.None);
        if (mayAct)
            context.Succeed(requirement);
    }
}
