using System.Data.Common;

namespace Rally.Webhooks.Subscriptions;

/// <summary>Tells the people behind clients what they must know of their endpoints. The host registers one; without it, nobody is told.</summary>
public interface IEndpointOwners
{
    /// <summary>
    /// Adds a message to those that go out. It goes if the transaction commits and not otherwise: that is what makes it go once.
    /// </summary>
    Task AddAsync(DbTransaction transaction, EndpointNotice notice, CancellationToken stop);

    /// <summary>The transaction has committed.</summary>
    void Wake();
}

/// <summary>What the owner of an endpoint must know.</summary>
/// <param name="ClientId">The client that owns it.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">Plain ASCII text, with what to do.</param>
/// <param name="Path">The page on which to do it.</param>
public sealed record EndpointNotice(string ClientId, string Subject, string Text, string Path);

/// <summary>Where nobody is told.</summary>
internal sealed class NoOwners : IEndpointOwners
{
    public Task AddAsync(DbTransaction transaction, EndpointNotice notice, CancellationToken stop) => Task.CompletedTask;

    public void Wake()
    {
    }
}
