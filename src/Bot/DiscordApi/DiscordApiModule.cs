using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Rest;

namespace Rally.Bot.DiscordApi;

/// <summary>Registers one bot's Discord client.</summary>
internal static class DiscordApiModule
{
    /// <summary>
    /// Adds <see cref="DiscordRest"/>, <see cref="DiscordGateway"/> (which somebody must run) and
    /// <see cref="InteractionResponder"/>, for which an <see cref="IInteractionHandler"/> must be registered.
    /// </summary>
    public static IServiceCollection AddDiscordApi(this IServiceCollection services, Action<DiscordOptions> configure)
    {
        services.AddOptions<DiscordOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<DiscordOptions>>().Value);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Backoff.SystemJitter);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DiscordRest>(provider, NewHttpClient()));
        services.AddSingleton<DiscordGateway>();
        services.AddSingleton<InteractionResponder>();
        return services;
    }

    /// <summary>Takes interactions at <paramref name="path"/>; needs <see cref="DiscordOptions.PublicKey"/>.</summary>
    public static IEndpointConventionBuilder MapDiscordInteractions(this IEndpointRouteBuilder routes, string path)
    {
        if (routes.ServiceProvider.GetRequiredService<DiscordOptions>().PublicKey.Length == 0)
            throw new InvalidOperationException("Interactions over HTTP need the application's public key; see General Information in the developer portal.");
        var endpoint = ActivatorUtilities.CreateInstance<InteractionEndpoint>(routes.ServiceProvider);
        return routes.MapPost(path, endpoint.HandleAsync).AllowAnonymous();
    }

    // Not from IHttpClientFactory: that one logs whole addresses, and some of Discord's hold an interaction's token.
    // No redirects: the bot token goes to nobody else.
    private static HttpClient NewHttpClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = System.Net.DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    });
}
