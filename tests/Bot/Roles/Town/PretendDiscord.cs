using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Tests.Roles.Town;

/// <summary>
/// Discord's members and roles of one guild, in memory: who may give what, what is told of it, and failures on demand: before a request
/// is done, and after it (the answer is lost). Listens to the client's HTTP requests.
/// </summary>
internal sealed class PretendDiscord : HttpMessageHandler
{
    public const ulong Guild = 900;
    public const ulong Owner = 7;
    public const ulong Bot = 8;
    public const ulong BotRole = 50;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, HashSet<ulong>> _members = new() { [Bot] = [BotRole] };
    private readonly Dictionary<ulong, DiscordRole> _roles = [];
    private readonly Dictionary<(ulong User, ulong Role), bool> _byBot = [];
    private readonly Queue<GatewayEvent> _told = [];

    public PretendDiscord(IEnumerable<ulong> roles)
    {
        AddRole(new(Guild, "@everyone"));
        AddRole(new(BotRole, "Rally", 100, Permissions.ManageRoles, Managed: true, Tags: new(BotId: Bot)));
        foreach (var (role, index) in roles.Select((role, index) => (role, index)))
            AddRole(new(role, $"role {role}", index + 1));
    }

    /// <summary>Says for a request what goes wrong: nothing, a failure before it is done, or after.</summary>
    public Func<HttpRequestMessage, Fault> Faults { get; set; } = _ => Fault.None;

    /// <summary>Requests by method and the kind of path.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Messages that were sent, with the channel; the channel of a direct message is the user's id.</summary>
    public List<(ulong Channel, string Text)> Messages { get; } = [];

    public Dictionary<ulong, List<PermissionOverwrite>> Channels { get; } = [];

    public enum Fault
    {
        None,
        Before,
        After,
        RateLimited,
        Forbidden,
    }

    public void AddRole(DiscordRole role)
    {
        lock (_gate)
            _roles[role.Id] = role;
    }

    public void Join(ulong user)
    {
        lock (_gate)
        {
            _members[user] = [];
            _told.Enqueue(new GuildMemberAdded(Guild, MemberOf(user)));
        }
    }

    public void Leave(ulong user)
    {
        lock (_gate)
        {
            _members.Remove(user);
            _told.Enqueue(new GuildMemberRemoved(Guild, new(user, $"u{user}")));
        }
    }

    /// <summary>Somebody gives or takes a role by hand.</summary>
    public void SetByHand(ulong user, ulong role, bool give)
    {
        lock (_gate)
            Set(user, role, give, byBot: false);
    }

    public void MoveRole(ulong role, int position)
    {
        lock (_gate)
        {
            _roles[role] = _roles[role] with { Position = position };
            _told.Enqueue(new GuildRoleUpdated(Guild, _roles[role]));
        }
    }

    public bool IsMember(ulong user)
    {
        lock (_gate)
            return _members.ContainsKey(user);
    }

    public bool Has(ulong user, ulong role)
    {
        lock (_gate)
            return _members.TryGetValue(user, out var roles) && roles.Contains(role);
    }

    /// <summary>Whether the bot was the last to give or take it.</summary>
    public bool WasBot(ulong user, ulong role)
    {
        lock (_gate)
            return _byBot.GetValueOrDefault((user, role));
    }

    public bool IsAboveBot(ulong role)
    {
        lock (_gate)
            return _roles[role].Position >= _roles[BotRole].Position;
    }

    public GatewayEvent? NextTold()
    {
        lock (_gate)
            return _told.TryDequeue(out var told) ? told : null;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? default : JsonSerializer.Deserialize<JsonElement>(await request.Content.ReadAsStringAsync(cancellationToken));
        var path = request.RequestUri!.AbsolutePath.Replace("/api/v10", "", StringComparison.Ordinal).Split('/', StringSplitOptions.RemoveEmptyEntries);
        lock (_gate)
        {
            Requests.Add($"{request.Method} {string.Join('/', path.Select(part => char.IsDigit(part[0]) ? "#" : part))}");
            var fault = Faults(request);
            if (fault == Fault.Before)
                return Refuse(HttpStatusCode.BadGateway, 0, "down");
            if (fault == Fault.RateLimited)
                return Refuse(HttpStatusCode.TooManyRequests, 0, "slow down", ("Retry-After", "0.2"));
            if (fault == Fault.Forbidden)
                return Refuse(HttpStatusCode.Forbidden, 50013, "Missing Permissions");
            var answer = Answer(request.Method.Method, path, request.RequestUri.Query, body);
            return fault == Fault.After ? Refuse(HttpStatusCode.BadGateway, 0, "the answer was lost") : answer;
        }
    }

    private HttpResponseMessage Answer(string method, string[] path, string query, JsonElement body)
    {
        switch (method, path)
        {
            case ("GET", ["users", "@me"]):
                return Ok(new DiscordUser(Bot, "rally", Bot: true));
            case ("GET", ["guilds", _]):
                return Ok(new DiscordGuild(Guild, "Clubhouse", Owner, [.. _roles.Values]));
            case ("GET", ["guilds", _, "roles"]):
                return Ok(_roles.Values);
            case ("GET", ["guilds", _, "members"]):
                var after = ulong.Parse(query.Split("after=")[1], CultureInfo.InvariantCulture);
                var limit = int.Parse(query.Split("limit=")[1].Split('&')[0], CultureInfo.InvariantCulture);
                return Ok(_members.Keys.Order().Where(id => id > after).Take(limit).Select(MemberOf));
            case ("GET", ["guilds", _, "members", var user]):
                return _members.ContainsKey(Id(user)) ? Ok(MemberOf(Id(user))) : Refuse(HttpStatusCode.NotFound, 10007, "Unknown Member");
            case ("PUT" or "DELETE", ["guilds", _, "members", var user, "roles", var role]):
                return Change(Id(user), [(Id(role), method == "PUT")]) ?? new(HttpStatusCode.NoContent);
            case ("PATCH", ["guilds", _, "members", var user]):
                var wanted = body.GetProperty("roles").EnumerateArray().Select(role => Id(role.GetString()!)).ToHashSet();
                var has = _members.GetValueOrDefault(Id(user)) ?? [];
                return Change(Id(user), [.. wanted.Except(has).Select(role => (role, true)), .. has.Except(wanted).Select(role => (role, false))])
                    ?? Ok(MemberOf(Id(user)));
            case ("POST", ["users", "@me", "channels"]):
                return Ok(new DiscordChannel(Id(body.GetProperty("recipient_id").GetString()!), 1));
            case ("POST", ["channels", var channel, "messages"]):
                Messages.Add((Id(channel), body.GetProperty("content").GetString()!));
                return Ok(new DiscordMessage(1, Id(channel)));
            case ("GET", ["channels", var channel]) when Channels.TryGetValue(Id(channel), out var overwrites):
                return Ok(new DiscordChannel(Id(channel), 0, "vip", Guild, PermissionOverwrites: overwrites));
            case ("PUT", ["channels", var channel, "permissions", var target]):
                var list = Channels[Id(channel)];
                list.RemoveAll(one => one.Id == Id(target));
                list.Add(new(Id(target), body.GetProperty("type").GetInt32(), (Permissions)Id(body.GetProperty("allow").GetString()!), (Permissions)Id(body.GetProperty("deny").GetString()!)));
                return new(HttpStatusCode.NoContent);
            default:
                return Refuse(HttpStatusCode.NotFound, 10003, "Unknown Channel");
        }
    }

    private HttpResponseMessage? Change(ulong user, IReadOnlyList<(ulong Role, bool Give)> changes)
    {
        if (!_members.ContainsKey(user))
            return Refuse(HttpStatusCode.NotFound, 10007, "Unknown Member");
        if (changes.Any(change => !_roles.ContainsKey(change.Role)))
            return Refuse(HttpStatusCode.NotFound, 10011, "Unknown Role");
        if (changes.Any(change => _roles[change.Role] is var role && (role.Managed || role.Position >= _roles[BotRole].Position)))
            return Refuse(HttpStatusCode.Forbidden, 50013, "Missing Permissions");
        foreach (var (role, give) in changes)
            Set(user, role, give, byBot: true);
        return null;
    }

    private void Set(ulong user, ulong role, bool give, bool byBot)
    {
        if (!(give ? _members[user].Add(role) : _members[user].Remove(role)))
            return;
        _byBot[(user, role)] = byBot;
        _told.Enqueue(new GuildMemberUpdated(Guild, MemberOf(user)));
    }

    private DiscordMember MemberOf(ulong user) => new([.. _members[user]], new(user, $"u{user}"));

    private static ulong Id(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);

    private static HttpResponseMessage Ok(object value) => new(HttpStatusCode.OK)
    {
        Content = new StringContent(JsonSerializer.Serialize(value, DiscordJson.Options), Encoding.UTF8, "application/json"),
    };

    private static HttpResponseMessage Refuse(HttpStatusCode status, int code, string message, params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage(status)
        {
            Content = new StringContent(JsonSerializer.Serialize(new { code, message }), Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            answer.Headers.TryAddWithoutValidation(name, value);
        return answer;
    }
}
