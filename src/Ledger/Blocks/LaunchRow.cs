namespace Rally.Ledger.Blocks;

/// <summary>A coin's launch as blocks cover it: what is said of the coin at launch and never changes.</summary>
/// <param name="Symbol">Names the coin.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Image">Null when it has none.</param>
/// <param name="Creator">Null for RLY, which nobody launched.</param>
/// <param name="Curve">As stored.</param>
/// <param name="Supply">Of a fixed coin, in minor units; 0 of others.</param>
/// <param name="Terms">The JSON text as stored.</param>
/// <param name="Rewards">Whether its holders earn the daily reward.</param>
/// <param name="LaunchedAfter">The position of the last entry before the launch; 0 when it was the log's first event.</param>
/// <param name="LaunchedAt">To the millisecond.</param>
internal sealed record LaunchRow(
    string Symbol,
    string Name,
    string? Image,
    Guid? Creator,
    string Curve,
    long Supply,
    string Terms,
    bool Rewards,
    long LaunchedAfter,
    DateTimeOffset LaunchedAt);
