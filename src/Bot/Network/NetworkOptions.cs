using System.ComponentModel.DataAnnotations;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Network;

/// <summary>Where the Rally network is: in this process, or at another installation.</summary>
internal enum NetworkMode
{
    Embedded,
    Remote,
}

/// <summary>Settings under <c>Network</c>.</summary>
internal sealed class NetworkOptions : IValidatableObject
{
    /// <summary>Embedded: this process hosts the network and registers the bot itself. Remote: the three below name it.</summary>
    public NetworkMode Mode { get; set; } = NetworkMode.Embedded;

    /// <summary>The other installation's address, https unless it is on this machine.</summary>
    public Uri? Url { get; set; }

    /// <summary>The bot's client id there.</summary>
    public string? ClientId { get; set; }

    /// <summary>The bot's client secret there.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>How much of each coin the bot asks a fan to let it send in any 24 hours; the fan may allow less.</summary>
    public string SendLimitPerDay { get; set; } = "1000";

    /// <summary>The same in all, until the fan sets it anew.</summary>
    public string SendLimitInAll { get; set; } = "100000";

    /// <summary>How often the bot looks whether the access that fans gave it still stands, and whether their roles fit what they hold.</summary>
    public TimeSpan LookAtLinksEvery { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long the bot may hear nothing of the network before it looks what is the matter.</summary>
    public TimeSpan LookAtNetworkEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long after that access ended the bot forgets what it kept of the fan.</summary>
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromDays(7);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Amount.TryParse(SendLimitPerDay, out var perDay) || perDay <= Amount.Zero || !Amount.TryParse(SendLimitInAll, out var inAll) || inAll < perDay)
            yield return new("Network:SendLimitPerDay and Network:SendLimitInAll must be coins above zero with at most 6 digits after the point, such as 1000, and the second no less than the first.");
        if (LookAtLinksEvery < TimeSpan.FromSeconds(1) || LookAtLinksEvery > TimeSpan.FromDays(7))
            yield return new("Network:LookAtLinksEvery must be from a second to seven days.");
        if (LookAtNetworkEvery < TimeSpan.FromSeconds(1) || LookAtNetworkEvery > TimeSpan.FromHours(1))
            yield return new("Network:LookAtNetworkEvery must be from a second to an hour.");
        if (ForgetAfter < TimeSpan.Zero || ForgetAfter > TimeSpan.FromDays(90))
            yield return new("Network:ForgetAfter must be from zero to 90 days.");
        if (Mode == NetworkMode.Embedded)
        {
            if (Url is not null || ClientId is not null || ClientSecret is not null)
                yield return new("Network:Url, ClientId and ClientSecret are for Network:Mode=Remote; remove them, or set the mode.");
            yield break;
        }

        if (Url is null || !Url.IsAbsoluteUri || (Url.Scheme != Uri.UriSchemeHttps && !Url.IsLoopback))
            yield return new("Network:Url must be the other installation's https address (http only on this machine), for example https://rally.example.");
        if (string.IsNullOrEmpty(ClientId) || string.IsNullOrEmpty(ClientSecret))
            yield return new("Network:ClientId and Network:ClientSecret must be those the other installation gave this bot.");
    }
}
