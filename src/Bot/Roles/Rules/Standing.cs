namespace Rally.Bot.Roles.Rules;

/// <summary>That a member meets a tier, by the rules alone: whatever Discord shows, and whatever became of the role there.</summary>
/// <param name="EnteredAt">Since when.</param>
/// <param name="EnteredVersion">By which version of the rules.</param>
/// <param name="LeavingAt">When it ends; null while the condition is met.</param>
internal sealed record Standing(DateTimeOffset EnteredAt, long EnteredVersion, DateTimeOffset? LeavingAt = null);
