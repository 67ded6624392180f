namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>What an answer must be.</summary>
/// <param name="MustRefuse">
/// What was changed cannot be let pass: a 4xx, or what stands for one in a browser, the way to the sign-in or an OAuth error at the
/// client's redirect URI. Where false, the change may have left the request valid, and only a fault is wrong.
/// </param>
/// <param name="MayBeBare">The web server itself may refuse what it cannot read as HTTP, without a body, or hang up.</param>
internal readonly record struct Outcome(bool MustRefuse, bool MayBeBare = false)
{
    /// <summary>The request may still be one to grant: what was changed is something its endpoint need not look at, or may ignore.</summary>
    public static Outcome Any { get; } = new(MustRefuse: false);

    public static Outcome Refused { get; } = new(MustRefuse: true);

    /// <summary>No HTTP any more.</summary>
    public static Outcome Unreadable { get; } = new(MustRefuse: true, MayBeBare: true);

    /// <summary>HTTP that some servers take and some do not.</summary>
    public static Outcome Odd { get; } = new(MustRefuse: false, MayBeBare: true);
}

/// <summary>A way to spoil a request.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Demands">What the answer must be then; null where the request has nothing to spoil so.</param>
/// <param name="Apply">Spoils it.</param>
internal sealed record Mutation(string Name, Func<Skeleton, WireRequest, Outcome?> Demands, Action<WireRequest, Random> Apply)
{
    public static IReadOnlyList<Mutation> All { get; } =
        [.. WireMutations.All, .. AddressMutations.All, .. DoorMutations.All, .. FormMutations.All, .. JsonMutations.All, .. HeaderMutations.All];

    /// <summary>Those that a request which is spoilt already can have too.</summary>
    public static IReadOnlyList<Mutation> Around { get; } = [.. AddressMutations.All, .. HeaderMutations.All];

    public static Mutation Always(string name, Outcome outcome, Action<WireRequest, Random> apply) => new(name, (_, _) => outcome, apply);
}
