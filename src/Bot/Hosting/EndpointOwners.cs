using System.Data.Common;
using Rally.Auth.Apps;
using Rally.Webhooks.Subscriptions;

namespace Rally.Bot.Hosting;

/// <summary>Owners of webhook endpoints are the people who registered the app; they are told by mail.</summary>
internal sealed class EndpointOwners(TellAppOwner tell) : IEndpointOwners
{
    public Task AddAsync(DbTransaction transaction, EndpointNotice notice, CancellationToken stop) =>
        tell.AddAsync(transaction, notice.ClientId, notice.Subject, notice.Text, notice.Path, stop);

    public void Wake() => tell.Wake();
}
