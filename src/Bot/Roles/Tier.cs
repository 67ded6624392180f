using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles;

/// <summary>
/// A rule: who holds at least <paramref name="Enter"/> of the coin gets the role, and keeps it until they hold less
/// than <paramref name="Leave"/>. The gap keeps a holding that wavers around one number from toggling the role.
/// </summary>
/// <param name="Id">The rule's id.</param>
/// <param name="GuildId">The guild it holds in.</param>
/// <param name="Coin">The coin's symbol.</param>
/// <param name="RoleId">The role it opens.</param>
/// <param name="Enter">Least holding to get the role; above zero.</param>
/// <param name="Leave">Least holding to keep it; above zero, at most <paramref name="Enter"/>.</param>
internal sealed record Tier(Guid Id, ulong GuildId, string Coin, ulong RoleId, Amount Enter, Amount Leave)
{
    /// <summary>Whether a member should have the role.</summary>
    /// <param name="holding">What they hold of the coin; null when they are not linked.</param>
    /// <param name="hasRole">Whether they have it now.</param>
    public bool Wants(Amount? holding, bool hasRole) => holding >= (hasRole ? Leave : Enter);
}
