using System.Globalization;
using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Shapes;

/// <summary>Small pieces of Discord's JSON.</summary>
internal static class Wire
{
    /// <summary>Snowflakes are strings: JavaScript cannot hold 64 bits.</summary>
    public static string Id(ulong id) => id.ToString(CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff+00:00", CultureInfo.InvariantCulture);

    public static string Permissions(Permission permissions) => ((ulong)permissions).ToString(CultureInfo.InvariantCulture);

    public static JsonArray Ids(IEnumerable<ulong> ids) => [.. ids.Select(id => (JsonNode)Id(id))];

    public static JsonArray Array(IEnumerable<JsonNode> nodes) => [.. nodes];
}
