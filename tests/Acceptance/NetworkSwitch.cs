using Rally.Bot.Network;

namespace Rally.Acceptance.Tests;

/// <summary>A connection to the network that can be cut.</summary>
internal sealed class NetworkSwitch() : DelegatingHandler(RallyHttp.NewConnection())
{
    private int _refused;

    public bool IsUnreachable { get; set; }

    /// <summary>How long each request is held up first.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How many requests met the cut.</summary>
    public int Refused => _refused;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Delay(Delay, cancellationToken);
        if (!IsUnreachable)
            return await base.SendAsync(request, cancellationToken);
        Interlocked.Increment(ref _refused);
        throw new HttpRequestException("The network is cut for a test.");
    }
}
