using Rally.Bot.Network;

namespace Rally.Acceptance.Tests;

/// <summary>A connection to the network that can be cut.</summary>
internal sealed class NetworkSwitch() : DelegatingHandler(RallyHttp.NewConnection())
{
    private int _refused;

    public bool IsUnreachable { get; set; }

    /// <summary>A path to which nothing goes; null for none.</summary>
    public string? UnreachablePath { get; set; }

    /// <summary>A path of which the next answer is lost on its way; null for none.</summary>
    public string? LosesAnswerOf { get; set; }

    /// <summary>How long each request is held up first.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>How many requests met the cut.</summary>
    public int Refused => _refused;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Delay(Delay, cancellationToken);
        var path = request.RequestUri!.AbsolutePath;
        if (!IsUnreachable && path != UnreachablePath)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (path != LosesAnswerOf)
                return answer;
            answer.Dispose();
            LosesAnswerOf = null;
        }

        Interlocked.Increment(ref _refused);
        throw new HttpRequestException("The network is cut for a test.");
    }
}
