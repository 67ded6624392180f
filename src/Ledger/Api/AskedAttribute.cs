namespace Rally.Ledger.Api;

/// <summary>What a query parameter must look like.</summary>
internal enum Asked
{
    /// <summary>How many, from 1.</summary>
    Count,

    Symbol,

    RallyId,

    Time,

    /// <summary>A position, a height or a time in milliseconds: a whole number, 0 or more.</summary>
    Number,

    Amount,

    Side,

    Interval,
}

/// <summary>
/// Says in the API's document what a query parameter must look like. In code they are all texts, so that a refusal can say
/// what to write.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class AskedAttribute(Asked asked) : Attribute
{
    public Asked What => asked;

    /// <summary>Of a count.</summary>
    public int Most { get; init; } = Page.LargestLimit;

    /// <summary>Of a count.</summary>
    public int Otherwise { get; init; } = Page.DefaultLimit;

    /// <summary>Without it there is no answer.</summary>
    public bool IsRequired { get; init; }
}
