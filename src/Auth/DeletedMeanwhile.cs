using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Rally.Storage;

namespace Rally.Auth;

/// <summary>
/// Whoever deletes an account or an app does not wait for what others are doing with it: what they write then refers to
/// nothing and is not written. They are told so here, whatever they were doing.
/// </summary>
/// <param name="answer">In the words of the endpoints it stands before.</param>
internal sealed class DeletedMeanwhile(Func<HttpContext, IResult> answer) : IEndpointFilter
{
    public const string Sentence = "Nothing was done: what this was about has been deleted meanwhile.";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (DbException refused) when (Database.IsReferenceMissing(refused))
        {
            return answer(context.HttpContext);
        }
    }
}
