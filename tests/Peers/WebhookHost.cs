using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Ledger;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Rally.Webhooks;

namespace Rally.Peers.Tests;

/// <summary>A ledger with webhooks, to which every request comes from one client that may subscribe.</summary>
internal static class WebhookHost
{
    public static async Task<WebApplication> StartAsync(TestDatabase store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddStorage(store.Setting).AddLedger().AddWebhooks(options => options.AllowPrivateAddresses = true);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthorization();
        var network = builder.Build();
        network.Use((context, next) =>
        {
            context.User = new(new ClaimsIdentity([new("client_id", "peer"), new("scope", "webhooks:manage")], "test"));
            return next(context);
        });
        network.UseAuthorization();
        network.MapGroup("/api").MapWebhookEndpoints();
        await network.Services.GetRequiredService<Migrator>().RunAsync();
        await network.StartAsync();
        return network;
    }
}
