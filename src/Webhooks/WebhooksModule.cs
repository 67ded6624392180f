using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rally.Storage;
using Rally.Webhooks.Api;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Events;
using Rally.Webhooks.Network;
using Rally.Webhooks.Pages;
using Rally.Webhooks.Reports;
using Rally.Webhooks.Streams;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks;

/// <summary>Outgoing webhooks: who subscribed to what, and deliveries along the ledger's feed.</summary>
public static class WebhooksModule
{
    /// <summary>Where the pages for owners of apps begin: the endpoints of the app that <c>client_id</c> names.</summary>
    public const string OwnerPagesPath = "/developer/app/webhooks";

    // The document of a host that has one; see the ledger's AddApiDocument.
    private const string ApiDocument = "v1";

    /// <summary>
    /// Registers the module. The host brings the store, the ledger's feed, and Data Protection with keys that
    /// survive a restart: signing secrets are encrypted with them. Where clients can be suspended or go, it also registers an
    /// <see cref="ISubscribers"/>, where tokens can be revoked an <see cref="IStreamTokens"/>, where people have names an <see cref="IUserNames"/>, and to tell owners of trouble an
    /// <see cref="IEndpointOwners"/>.
    /// </summary>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, Action<WebhooksOptions>? configure = null)
    {
        services.AddOptions<WebhooksOptions>()
            .Configure(options => configure?.Invoke(options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhooksOptions>, WebhooksOptionsCheck>();
        services.AddOutbox();
        services.AddMigrations("webhook", typeof(WebhooksModule).Assembly);
        services.AddDataProtection();

        services.AddSingleton<TrustedOrigins>();
        services.AddSingleton<AddressGuard>();
        services.AddSingleton<GuardedConnector>();

        services.AddSingleton<SecretVault>();
        services.AddSingleton<EndpointRules>();
        services.AddSingleton<EndpointChanges>();
        services.AddSingleton<CreateEndpoint>();
        services.AddSingleton<ReadEndpoints>();
        services.AddSingleton<ChangeEndpoint>();
        services.AddSingleton<RemoveEndpoint>();
        services.AddSingleton<RotateKey>();
        services.AddSingleton<RecoverEndpoint>();
        services.AddSingleton<ReadDeliveries>();
        services.TryAddSingleton<ISubscribers, EverySubscriber>();
        services.AddSingleton<ApproveApp>();
        services.AddSingleton<WithdrawApproval>();
        services.AddSingleton<ReadApprovals>();
        services.TryAddSingleton<IUserNames, NoUserNames>();
        services.TryAddSingleton<ILinkReaders, NoLinkReaders>();
        services.AddSingleton<ReportTierChanges>();
        services.AddSingleton<SubscriberStates>();
        services.AddSingleton<EndSubscriptions>();

        services.TryAddSingleton<IEndpointOwners, NoOwners>();
        services.AddSingleton<TellOwners>();
        services.AddHostedService<SubscriptionChores>();

        services.AddWebhookDocument();

        services.AddSingleton(_ => new RetrySchedule(RetrySchedule.UnpredictableJitter()));
        services.AddSingleton<Lanes>();
        services.AddSingleton<FeedTail>();
        services.AddSingleton<ProgressWriter>();
        services.AddSingleton<AttemptLog>();
        services.AddSingleton<SendNow>();
        services.AddSingleton<WriteMessage>();
        services.AddSingleton<DeliverySender>();
        services.AddHostedService<ForgetChanges>();
        services.AddHostedService<DeliveryDispatcher>();
        services.TryAddSingleton<IStreamTokens, EveryToken>();
        services.AddSingleton<OpenStreams>();
        services.AddHostedService<EndStreams>();
        services.AddSingleton<BeginStream>();
        services.AddSingleton<EventStream>();
        services.AddScoped<EndpointsPage>();
        services.AddScoped<EndpointPage>();
        services.AddScoped<EndpointActions>();
        services.AddScoped<AttemptsPage>();
        return services;
    }

    /// <summary>Describes the events in the API's document, if there is one; <see cref="AddWebhooks"/> does it.</summary>
    internal static IServiceCollection AddWebhookDocument(this IServiceCollection services) =>
        services.Configure<OpenApiOptions>(ApiDocument, EventDocument.Configure);

    /// <summary>
    /// Maps <c>webhook-endpoints</c> and <c>events</c> below <paramref name="routes"/>, whose callers need the scope <c>webhooks:manage</c>,
    /// the coins' <c>webhook-apps</c>, and <c>tier-changes</c> for clients with the scope <c>tiers:report</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapWebhookEndpoints(this IEndpointRouteBuilder routes)
    {
        EndpointRoutes.Map(routes);
        StreamRoutes.Map(routes);
        ReportRoutes.Map(routes);
        return routes;
    }

    /// <summary>Maps the pages for owners of apps at <see cref="OwnerPagesPath"/>; the host registers an <see cref="IOwnerSite"/>.</summary>
    public static IEndpointRouteBuilder MapWebhookPages(this IEndpointRouteBuilder app)
    {
        PageRoutes.Map(app);
        return app;
    }
}
