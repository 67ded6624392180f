using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

    /// <summary>The same of a form with a file in it, which is read into memory.</summary>
    /// <param name="context">The request.</param>
    /// <param name="field">The file's name in the form.</param>
    /// <param name="largestBytes">Of the whole form.</param>
    /// <returns>No fields where <see cref="ReadAsync"/> gives null; no file when none was chosen.</returns>
    public async Task<(Parameters? Form, byte[]? File)> ReadFileAsync(HttpContext context, string field, int largestBytes)
    {
        var request = context.Request;
        if (!request.HasFormContentType)
            return (null, null);
        try
        {
            var form = await request.ReadFormAsync(
                new FormOptions { ValueCountLimit = 64, KeyLengthLimit = 256, MultipartBodyLengthLimit = largestBytes, MemoryBufferThreshold = largestBytes },
                context.RequestAborted);
            if (!await antiforgery.IsRequestValidAsync(context))
                return (null, null);
            if (form.Files.GetFile(field) is not { Length: > 0 } file)
                return (new Parameters(form), null);
            using var content = new MemoryStream();
            await file.CopyToAsync(content, context.RequestAborted);
            return (new Parameters(form), content.ToArray());
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or BadHttpRequestException or NotSupportedException)
        {
            return (null, null);
        }
    }

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
