using Xunit;

namespace Rally.Peers.Tests;

/// <summary>A fact that needs Discord's own OpenAPI document (github.com/discord/discord-api-spec, specs/openapi.json).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DiscordDocumentFactAttribute : FactAttribute
{
    public DiscordDocumentFactAttribute()
    {
        if (!File.Exists(Document))
            Skip = $"Discord's OpenAPI document is not at {Document}; put its openapi.json there to check our requests against it.";
    }

    /// <summary>Beside the repository: it is too large to keep in it.</summary>
    public static string Document { get; } =
        Path.GetFullPath(Path.Combine(NodePeer.Folder, "..", "..", "..", "..", "shared", "data", "discord-openapi.json"));
}
