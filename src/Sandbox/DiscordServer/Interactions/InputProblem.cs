namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>Discord's client would not have sent this: a wrong option, a button that is not there, and so on.</summary>
/// <param name="option">The option it is about; null when it is about the whole.</param>
internal sealed class InputProblem(string message, string? option = null) : Exception(message)
{
    public string? Option => option;
}
