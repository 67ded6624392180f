using System.ComponentModel.DataAnnotations;

namespace Rally.Webhooks;

/// <summary>Settings of outgoing webhooks.</summary>
public sealed class WebhooksOptions
{
    /// <summary>How many endpoints one client may have.</summary>
    [Range(1, 10_000)]
    public int MaxEndpointsPerClient { get; set; } = 100;

    /// <summary>How many streams of events (<c>/api/events</c>) one client may have open at this process.</summary>
    [Range(1, 10_000)]
    public int MaxStreamsPerClient { get; set; } = 10;

    /// <summary>How many endpoints in good health are sent to at once; each gets one event at a time.</summary>
    [Range(1, 10_000)]
    public int ConcurrentDeliveries { get; set; } = 256;

    /// <summary>
    /// How many failing endpoints are tried at once. They have places of their own, so that any number of them
    /// hanging does not keep a healthy one waiting.
    /// </summary>
    [Range(1, 10_000)]
    public int ConcurrentRetries { get; set; } = 64;

    /// <summary>How long an endpoint may take to answer in full.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an endpoint's owner can look at the attempts made there.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "366.00:00:00")]
    public TimeSpan KeepAttempts { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long changes that are not in the log are kept for endpoints that have not got them; longer than those are tried.</summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "366.00:00:00")]
    public TimeSpan KeepChanges { get; set; } = TimeSpan.FromDays(30);

    /// <summary>After how long without a message an endpoint that asked for it is told that there was none.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often to look for changes that other processes have made; those of this one are known at once.</summary>
    internal TimeSpan ChangePollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Lets any endpoint be on a loopback, private or link-local address. Off unless every client that may subscribe
    /// is trusted: otherwise a client can make this host send requests into its own network.
    /// </summary>
    public bool AllowPrivateAddresses { get; set; }

    /// <summary>
    /// Origins (<c>http://127.0.0.1:8080</c>) that may be on any address: those of the operator's own programs. An
    /// origin known only once the host runs is added through <see cref="Network.TrustedOrigins"/>.
    /// </summary>
    public IList<string> TrustedOrigins { get; } = [];
}
