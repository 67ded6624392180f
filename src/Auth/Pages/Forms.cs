using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>Forms that only our own pages can send.</summary>
internal sealed class Forms(IAntiforgery antiforgery)
{
    /// <summary>The hidden field every form carries; also sets the cookie it is checked against.</summary>
    public Html Token(HttpContext context)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        return $"""<input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">""";
    }

    /// <returns>The fields, or null when the form is unreadable or not from a page of ours.</returns>
    public async Task<Parameters?> ReadAsync(HttpContext context) =>
        await Parameters.OfFormAsync(context.Request) is { } form && await antiforgery.IsRequestValidAsync(context) ? form : null;

    /// <summary>The answer when <see cref="ReadAsync"/> gives null.</summary>
    public static IResult Stale { get; } = new PageResult(
        "That form is no longer good",
        $"""<p role="alert">Nothing was done. Go back, reload the page, and try again.</p>""",
        StatusCodes.Status400BadRequest);

    /// <summary>What went wrong with the last try, read out by screen readers at once.</summary>
    public static Html Errors(IReadOnlyCollection<string> errors) => errors.Count == 0 ? Html.Empty : $"""
        <div class="errors" role="alert">
          <h2>Please mend this</h2>
          <ul>{errors.Select(Html (error) => $"<li>{error}</li>")}</ul>
        </div>
        """;
}
