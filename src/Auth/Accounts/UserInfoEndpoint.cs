using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Rally.Auth.Accounts;

/// <summary>GET /oauth2/userinfo: who the token's account is. Its route asks for the scope profile and a subject.</summary>
internal sealed class UserInfoEndpoint(AccountStore accounts)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var account = await accounts.FindByIdAsync(context.User.FindFirstValue("sub")!, context.RequestAborted)
            ?? throw new InvalidOperationException("A token outlived its account.");
        // rnbUserId is what clients of the first Rally read.
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(new { sub = account.Id, username = account.UserName, rnbUserId = account.Id });
    }
}
