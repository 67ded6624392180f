using System.ComponentModel.DataAnnotations;

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

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
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
