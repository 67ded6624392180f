namespace Rally.Bot.Demo;

/// <summary>A step of the demo did not go as it must.</summary>
internal sealed class DemoException(string message) : Exception(message);
