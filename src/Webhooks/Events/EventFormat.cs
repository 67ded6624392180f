namespace Rally.Webhooks.Events;

/// <summary>What bodies look like, as an endpoint asks for it.</summary>
internal static class EventFormat
{
    public const string Standard = "standard";

    /// <summary>The shapes of the former Rally's webhooks, for programs made for those.</summary>
    public const string Former = "rally-v1";

    public static IReadOnlyList<string> All { get; } = [Standard, Former];

    /// <summary>The types of events that a format has bodies for.</summary>
    public static IReadOnlyList<string> TypesOf(string format) => format == Former ? EventType.Former : EventType.All;
}
