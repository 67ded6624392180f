using System.Text.Json.Serialization;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles.Rules;

/// <summary>
/// What a member has to meet. Those with two thresholds are met from the upper one on, and stay met down to the lower one, so that
/// what wavers around one number does not toggle a role.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "is")]
[JsonDerivedType(typeof(AllOf), "all")]
[JsonDerivedType(typeof(AnyOf), "any")]
[JsonDerivedType(typeof(NoneOf), "none")]
[JsonDerivedType(typeof(CoinsHeld), "held")]
[JsonDerivedType(typeof(Donated), "donated")]
[JsonDerivedType(typeof(SpentInMonth), "spent")]
[JsonDerivedType(typeof(LinkedFor), "linked")]
[JsonDerivedType(typeof(NftsOwned), "nft")]
[JsonDerivedType(typeof(TwitchStanding), "twitch")]
internal abstract record Condition
{
    /// <summary>Those it is made of; none for most.</summary>
    [JsonIgnore]
    public IReadOnlyList<Condition> Parts => this switch
    {
        AllOf all => all.Of,
        AnyOf any => any.Of,
        NoneOf none => none.Of,
        _ => [],
    };

    /// <summary>It and all below it.</summary>
    public IEnumerable<Condition> Flat() => Parts.SelectMany(part => part.Flat()).Prepend(this);
}

internal sealed record AllOf(IReadOnlyList<Condition> Of) : Condition;

internal sealed record AnyOf(IReadOnlyList<Condition> Of) : Condition;

internal sealed record NoneOf(IReadOnlyList<Condition> Of) : Condition;

/// <summary>So many of these coins are held: 1 is any of them, their number is all.</summary>
internal sealed record CoinsHeld(IReadOnlyList<CoinNeed> Coins, int AtLeast) : Condition;

/// <param name="Coin">The coin's symbol.</param>
/// <param name="Enter">Least holding to meet it.</param>
/// <param name="Leave">Least holding to go on meeting it; at most <paramref name="Enter"/>.</param>
/// <param name="For">How long <paramref name="Enter"/> has to have been held without a break before it is met.</param>
internal sealed record CoinNeed(string Coin, Amount Enter, Amount Leave, TimeSpan? For = null);

/// <summary>What was sent to the coin's creator since the account exists.</summary>
internal sealed record Donated(string Coin, Amount AtLeast) : Condition;

/// <summary>
/// What was sent to the coin's creator in this calendar month (UTC). What is sent to others does not count: between two accounts of
/// one person it could go in circles.
/// </summary>
internal sealed record SpentInMonth(string Coin, Amount Enter, Amount Leave) : Condition;

/// <summary>How long the Discord account has been linked without a break.</summary>
internal sealed record LinkedFor(TimeSpan AtLeast) : Condition;

/// <summary>Has its place here; refused until the network tells who owns NFTs.</summary>
internal sealed record NftsOwned(string Template, int AtLeast) : Condition;

/// <summary>Has its place here; refused until the bot is on Twitch.</summary>
/// <param name="Channel">The broadcaster's name.</param>
/// <param name="Standing">follower or subscriber.</param>
internal sealed record TwitchStanding(string Channel, string Standing) : Condition;
