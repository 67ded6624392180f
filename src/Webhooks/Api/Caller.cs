using System.Security.Claims;

namespace Rally.Webhooks.Api;

internal static class Caller
{
    extension(ClaimsPrincipal user)
    {
        /// <summary>The client whose token it is; the routes' policy lets nobody in without one.</summary>
        public string ClientId => user.FindFirstValue("client_id")!;
    }
}
