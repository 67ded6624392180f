namespace Rally.Auth.Server;

/// <summary>One authorization, which the tokens of its family point to: revoking it ends them all.</summary>
/// <param name="AccountId">Who gave it; null for a client's own.</param>
/// <param name="Scope">Names joined by spaces.</param>
/// <param name="AuthorizationDetails">JSON as granted, or null.</param>
/// <param name="SignedInAt">When that account's person had signed in; null where that was not kept.</param>
internal sealed record Grant(
    Guid Id, string ClientId, Guid? AccountId, string Scope, string? AuthorizationDetails, DateTimeOffset? SignedInAt);
