using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Apps;
using Rally.Auth.Former;

namespace Rally.Auth.Links;

/// <summary>GET /api/accounts/{rallyId}/links: how old an account's links are. Whom they name stays with its owner.</summary>
internal sealed class LinkAges(LinkStore links, TimeProvider time)
{
    private static readonly OperationAuthorizationRequirement Read = new() { Name = KnownScopes.ReadLinks.Name };

    internal sealed record AccountLinksJson([property: Description("By provider, one of each.")] IReadOnlyList<LinkAgeJson> Links);

    internal sealed record LinkAgeJson(
        [property: Description("discord, twitch or ethereum.")] string Provider,
        [property: Description("Since when it has been this account's without a break.")] DateTimeOffset LinkedAt,
        [property: Description("Whole days since then.")] long AgeDays,
        [property: Description("By signing in there, by a wallet's signature, or on the word of an app that the operator trusts.")]
        [property: AllowedValues(LinkFlow.OAuth, LinkFlow.Signature, LinkFlow.Vouched)] string How,
        [property: Description("The id of the Discord server it came from; null where that is not known.")] string? Guild);

    public async Task<IResult> AnswerAsync(HttpContext context, string rallyId, IAuthorizationService authorization)
    {
        if (!FormerJson.TryId(rallyId, out var account))
        {
            return TypedResults.Problem(
                "The account must be a Rally id.", statusCode: StatusCodes.Status400BadRequest, title: "The request cannot be understood",
                type: "urn:rally:invalid-request");
        }

        if (!(await authorization.AuthorizeAsync(context.User, account, Read)).Succeeded)
            return TypedResults.Forbid();
        var now = time.GetUtcNow();
        return TypedResults.Ok(new AccountLinksJson([.. (await links.OfAsync(account, context.RequestAborted))
            .Select(link => new LinkAgeJson(link.Provider, link.LinkedAt, Math.Max(0, (long)(now - link.LinkedAt).TotalDays), link.Flow, link.GuildId))]));
    }
}
