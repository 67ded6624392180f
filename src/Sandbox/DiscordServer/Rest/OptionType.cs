namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>Discord's numbers of command options' types.</summary>
internal static class OptionType
{
    public const int Subcommand = 1;
    public const int Group = 2;
    public const int String = 3;
    public const int Integer = 4;
    public const int Boolean = 5;
    public const int User = 6;
    public const int Channel = 7;
    public const int Role = 8;
    public const int Mentionable = 9;
    public const int Number = 10;
}
