using Rally.Auth.Server;
using Rally.Webhooks.Streams;

namespace Rally.Bot.Hosting;

/// <summary>Streams of events go on as long as the access tokens that opened them work.</summary>
internal sealed class StreamTokens(FindTokens tokens) : IStreamTokens
{
    public Task<IReadOnlySet<string>> WorkingAsync(IReadOnlyCollection<string> ids, CancellationToken stop) => tokens.WorkingAsync(ids, stop);
}
