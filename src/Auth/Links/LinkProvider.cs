namespace Rally.Auth.Links;

/// <summary>Where people have identities that can be linked.</summary>
/// <param name="Key">As it is kept, and as it stands in addresses.</param>
/// <param name="Title">As people call it.</param>
/// <param name="Thing">What of theirs is linked, for sentences.</param>
internal sealed record LinkProvider(string Key, string Title, string Thing)
{
    public static readonly LinkProvider Discord = new("discord", "Discord", "Discord account");

    public static readonly LinkProvider Twitch = new("twitch", "Twitch", "Twitch account");

    /// <summary>An account on Ethereum or a chain like it; its id is the address in small letters.</summary>
    public static readonly LinkProvider Ethereum = new("ethereum", "Ethereum", "wallet");

    public static IReadOnlyList<LinkProvider> All { get; } = [Discord, Twitch, Ethereum];

    public static LinkProvider? Find(string? key) => All.FirstOrDefault(provider => provider.Key == key);
}
