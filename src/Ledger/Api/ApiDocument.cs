using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Rally.Ledger.Amounts;

namespace Rally.Ledger.Api;

/// <summary>The API's OpenAPI document: what the framework reads off the endpoints, and what it cannot know.</summary>
internal sealed class ApiDocument(Uri authorize, Uri token)
{
    private const string Scheme = "oauth2";
    private const string ReadLinks = "links:read"; // of the module that keeps accounts

    private static readonly Dictionary<string, string> Scopes = new()
    {
        [AccountAccess.ReadBalances.Name] = "Balances and transfers of the token's account; with a client's own token, of every account that consented to it.",
        [AccountAccess.SendTransfers.Name] = "Transfers from the token's account; taking and declining what is pending for it.",
        [AccountAccess.MakeTrades.Name] = "Purchases, sales and conversions by the token's account.",
        [ReadLinks] = "Since when the token's account has linked accounts elsewhere; with a client's own token, of every account that consented to it.",
    };

    private static readonly string[] ScopesOfClients = [AccountAccess.ReadBalances.Name, ReadLinks];

    public void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = endpoint =>
            endpoint.RelativePath is { } path && (path.StartsWith("api/", StringComparison.Ordinal) || path.StartsWith("v1/", StringComparison.Ordinal));
        options.CreateSchemaReferenceId = ApiSchemas.NameOf;
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeAsync);
        options.AddSchemaTransformer(ApiSchemas.DescribeAsync);
    }

    private Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken stop)
    {
        document.Info = new()
        {
            Title = "Rally network",
            Version = "v1",
            Description = "Coins, accounts, transfers and trades. Amounts are decimal strings with at most six digits after the point.",
        };
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Flows = new()
                {
                    AuthorizationCode = new() { AuthorizationUrl = authorize, TokenUrl = token, RefreshUrl = token, Scopes = Scopes },
                    ClientCredentials = new() { TokenUrl = token, Scopes = ScopesOfClients.ToDictionary(name => name, name => Scopes[name]) },
                },
            },
        };
        return Task.CompletedTask;
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken stop)
    {
        var asked = context.Description.ParameterDescriptions
            .ToDictionary(parameter => parameter.Name, parameter => (parameter.ParameterDescriptor as IParameterInfoParameterDescriptor)?
                .ParameterInfo.GetCustomAttributes(typeof(AskedAttribute), false).OfType<AskedAttribute>().SingleOrDefault());
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (operation.RequestBody?.Content is { Count: > 1 } contents)
            contents.Remove("*/*"); // what is read whatever it calls itself is still one thing
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            ApiSchemas.DescribeParameter(parameter, asked.GetValueOrDefault(parameter.Name!));
        if ((metadata.OfType<NeededScope>().FirstOrDefault() ?? ScopeOfPolicy(metadata)) is { } scope)
        {
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [scope.Name] }];
            if (scope.IsOptional)
                operation.Security.Insert(0, []);
        }

        if (metadata.OfType<TakenBody>().FirstOrDefault() is { } body)
        {
            var schema = await context.GetOrCreateSchemaAsync(body.Type, null, stop).ConfigureAwait(false);
            context.Document!.AddComponent(body.Type.Name, schema);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = new OpenApiSchemaReference(body.Type.Name, context.Document) },
                },
            };
        }
    }

    /// <summary>The scope that other modules' endpoints ask for by the framework's policies.</summary>
    private static NeededScope? ScopeOfPolicy(IEnumerable<object> metadata) =>
        metadata.OfType<AuthorizationPolicy>().SelectMany(policy => policy.Requirements).OfType<ClaimsAuthorizationRequirement>()
            .Where(claim => claim.ClaimType == "scope").SelectMany(claim => claim.AllowedValues ?? []).FirstOrDefault(Scopes.ContainsKey) is { } name
            ? new(name, IsOptional: false)
            : null;
}
