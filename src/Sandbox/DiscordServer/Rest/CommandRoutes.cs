using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>Application commands, global and of the guild.</summary>
internal sealed class CommandRoutes(World world)
{
    private const int MaxSlash = 100;
    private const int MaxContextMenu = 15;
    private const int CreationsADay = 200;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public void Map(RestRoutes routes)
    {
        foreach (var root in (string[])["/applications/{application}/commands", "/applications/{application}/guilds/{guild}/commands"])
        {
            routes.Map("GET", root, List);
            routes.Map("POST", root, Create);
            routes.Map("PUT", root, Overwrite);
            routes.Map("GET", root + "/{command}", call => RestReply.Ok(world.Read(data => Named(data, call).ToJson(data))));
            routes.Map("PATCH", root + "/{command}", Edit);
            routes.Map("DELETE", root + "/{command}", Delete);
        }
    }

    private RestReply List(RestCall call) => world.Read(data =>
    {
        var scope = Scope(data, call);
        return RestReply.Ok(Json(data, scope));
    });

    private RestReply Create(RestCall call) => world.Change(data =>
    {
        var scope = Scope(data, call);
        var form = call.Form();
        var definition = CommandBody.Check(form);
        form.Errors.ThrowIfAny();
        var known = Same(data, scope, definition);
        if (known is null)
        {
            RequireRoom([.. In(data, scope).Select(command => command.Type), Key(definition).Type]);
            CountCreations(data, scope, 1);
        }

        var json = Put(data, scope, definition, known).ToJson(data);
        return known is null ? RestReply.Created(json) : RestReply.Ok(json);
    });

    private RestReply Overwrite(RestCall call) => world.Change(data =>
    {
        var scope = Scope(data, call);
        var list = call.List("commands");
        var forms = list.Children("commands", MaxSlash + (2 * MaxContextMenu));
        var definitions = forms.Select(CommandBody.Check).ToArray();
        foreach (var doubled in forms.Zip(definitions).GroupBy(pair => Key(pair.Second)).SelectMany(group => group.Skip(1)))
            doubled.First.Wrong("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique");
        list.Errors.ThrowIfAny();
        RequireRoom(definitions.Select(definition => definition["type"]!.GetValue<int>()));

        var known = definitions.Select(definition => Same(data, scope, definition)).ToArray();
        CountCreations(data, scope, known.Count(command => command is null));
        foreach (var gone in In(data, scope).Except(known.OfType<ApplicationCommand>()).ToArray())
            data.Commands.Remove(gone.Id);
        foreach (var (definition, command) in definitions.Zip(known))
            Put(data, scope, definition, command);
        return RestReply.Ok(Json(data, scope));
    });

    private RestReply Edit(RestCall call) => world.Change(data =>
    {
        var command = Named(data, call);
        var merged = command.Definition.DeepClone().AsObject();
        foreach (var (field, value) in call.Form().Json)
            merged[field] = value?.DeepClone();
        merged["type"] = command.Type;
        var form = new Form(merged, new());
        var definition = CommandBody.Check(form);
        form.Errors.ThrowIfAny();
        Put(data, command.GuildId, definition, command);
        return RestReply.Ok(command.ToJson(data));
    });

    private RestReply Delete(RestCall call) => world.Change(data =>
    {
        data.Commands.Remove(Named(data, call).Id);
        TellChanged();
        return RestReply.NoContent;
    });

    private ApplicationCommand Put(WorldData data, ulong? scope, JsonObject definition, ApplicationCommand? known)
    {
        var command = known;
        if (command is null)
        {
            var id = world.Snowflakes.Next();
            command = new() { Id = id, GuildId = scope, Definition = definition, Version = id };
            data.Commands.Add(id, command);
        }
        else if (!JsonNode.DeepEquals(command.Definition, definition))
        {
            command.Definition = definition;
            command.Version = world.Snowflakes.Next();
        }

        TellChanged();
        return command;
    }

    /// <summary>Pages show new commands at once; bots are not told, as on Discord.</summary>
    private void TellChanged() => world.Tell(new(Change.CommandsChanged, 0, [], ForPagesOnly: true));

    private void CountCreations(WorldData data, ulong? scope, int count)
    {
        var now = world.Time.GetUtcNow();
        data.CommandCreations.RemoveAll(creation => creation.At + Day <= now);
        if (data.CommandCreations.Count(creation => creation.GuildId == scope) + count > CreationsADay)
            throw RestRefusal.TooManyCommandCreations();
        data.CommandCreations.AddRange(Enumerable.Repeat(new CommandCreation(scope, now), count));
    }

    private static void RequireRoom(IEnumerable<int> types)
    {
        foreach (var type in types.GroupBy(type => type))
        {
            var max = type.Key == CommandBody.ChatInput ? MaxSlash : MaxContextMenu;
            if (type.Count() > max)
                throw new RestRefusal(400, 30032, $"Maximum number of application commands reached ({max})");
        }
    }

    private static ulong? Scope(WorldData data, RestCall call)
    {
        if (call.Id("application") != data.ApplicationId)
            throw RestRefusal.UnknownApplication();
        if (!call.Has("guild"))
            return null;
        return call.Id("guild") == data.GuildId ? data.GuildId : throw RestRefusal.MissingAccess();
    }

    private static IEnumerable<ApplicationCommand> In(WorldData data, ulong? scope) =>
        data.Commands.Values.Where(command => command.GuildId == scope);

    private static JsonArray Json(WorldData data, ulong? scope) =>
        Wire.Array(In(data, scope).OrderBy(command => command.Id).Select(command => command.ToJson(data)));

    private static ApplicationCommand Named(WorldData data, RestCall call)
    {
        var scope = Scope(data, call);
        return data.Commands.TryGetValue(call.Id("command"), out var command) && command.GuildId == scope
            ? command
            : throw RestRefusal.UnknownCommand();
    }

    private static ApplicationCommand? Same(WorldData data, ulong? scope, JsonObject definition) =>
        In(data, scope).FirstOrDefault(command => (command.Name, command.Type) == Key(definition));

    private static (string Name, int Type) Key(JsonObject definition) =>
        ($"{definition["name"]}", definition["type"]!.GetValue<int>());
}
