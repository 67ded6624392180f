using System.Text.Json.Nodes;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>Collects what is wrong with a body in the tree of Discord's error 50035.</summary>
internal sealed class FormErrors
{
    private readonly JsonObject _root = [];

    public void Add(IEnumerable<string> path, string code, string message)
    {
        var node = _root;
        foreach (var step in path)
            node = (node[step] ??= new JsonObject()).AsObject();
        (node["_errors"] ??= new JsonArray()).AsArray().Add(new JsonObject { ["code"] = code, ["message"] = message });
    }

    /// <exception cref="RestRefusal">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_root.Count > 0)
            throw new RestRefusal(400, 50035, "Invalid Form Body", _root);
    }

    public static RestRefusal Single(string field, string code, string message)
    {
        var errors = new FormErrors();
        errors.Add([field], code, message);
        return new(400, 50035, "Invalid Form Body", errors._root);
    }
}
