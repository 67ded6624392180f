namespace Rally.Bot.Hosting.Verbs;

/// <summary>What an operator is told of entries that no block covers yet, whatever else is right.</summary>
internal static class Unsigned
{
    public static string Of(long entries) => entries switch
    {
        0 => "All entries are in signed blocks.",
        1 => "1 entry behind the last block is not signed.",
        _ => $"{entries} entries behind the last block are not signed.",
    };
}
