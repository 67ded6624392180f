using System.Text.Json.Nodes;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>
/// Ends a request with one of Discord's errors. An exception, because it can come from the depth of a body's
/// validation; one place turns it into the answer.
/// </summary>
internal sealed class RestRefusal(int status, int code, string message, JsonObject? errors = null) : Exception(message)
{
    public int Status => status;

    public int Code => code;

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["message"] = Message, ["code"] = code };
        if (errors is not null)
            json["errors"] = errors.DeepClone();
        return json;
    }

    public static RestRefusal Unauthorized() => new(401, 0, "401: Unauthorized");

    public static RestRefusal NotFound() => new(404, 0, "404: Not Found");

    public static RestRefusal UnknownApplication() => new(404, 10002, "Unknown Application");

    public static RestRefusal UnknownChannel() => new(404, 10003, "Unknown Channel");

    public static RestRefusal UnknownGuild() => new(404, 10004, "Unknown Guild");

    public static RestRefusal UnknownMember() => new(404, 10007, "Unknown Member");

    public static RestRefusal UnknownMessage() => new(404, 10008, "Unknown Message");

    public static RestRefusal UnknownRole() => new(404, 10011, "Unknown Role");

    public static RestRefusal UnknownUser() => new(404, 10013, "Unknown User");

    public static RestRefusal UnknownWebhook() => new(404, 10015, "Unknown Webhook");

    public static RestRefusal UnknownInteraction() => new(404, 10062, "Unknown interaction");

    public static RestRefusal UnknownCommand() => new(404, 10063, "Unknown application command");

    public static RestRefusal TooManyRoles() => new(400, 30005, "Maximum number of guild roles reached (250)");

    public static RestRefusal TooManyCommandCreations() => new(400, 30034, "Max number of daily application command creates has been reached (200)");

    public static RestRefusal AlreadyAcknowledged() => new(400, 40060, "Interaction has already been acknowledged.");

    public static RestRefusal MissingAccess() => new(403, 50001, "Missing Access");

    public static RestRefusal ForeignMessage() => new(403, 50005, "Cannot edit a message authored by another user");

    public static RestRefusal EmptyMessage() => new(400, 50006, "Cannot send an empty message");

    public static RestRefusal CannotMessageUser() => new(403, 50007, "Cannot send messages to this user");

    public static RestRefusal MissingPermissions() => new(403, 50013, "Missing Permissions");

    public static RestRefusal InvalidWebhookToken() => new(401, 50027, "Invalid Webhook Token");

    public static RestRefusal InvalidRole() => new(400, 50028, "Invalid Role");

    public static RestRefusal InvalidJson() => new(400, 50109, "The request body contains invalid JSON.");
}
