using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Gateway;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>Opens interactions, hands them to the bot, and ends those that get no response in time.</summary>
internal sealed class InteractionDesk(World world, SandboxOptions options, HttpDelivery http)
{
    /// <summary>How long a token is good.</summary>
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(15);
    private const string TokenAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly Dictionary<ulong, Interaction> _interactions = [];

    /// <param name="data">What was done: the interaction's own data field.</param>
    public Interaction Open(
        InteractionKind kind, ulong userId, Channel channel, JsonObject data, string? commandName = null, Message? source = null)
    {
        var endpoint = world.Read(state => state.InteractionsEndpoint);
        var interaction = world.Change(state =>
        {
            ForgetOld();
            var opened = new Interaction
            {
                Id = world.Snowflakes.Next(),
                Token = RandomNumberGenerator.GetString(TokenAlphabet, 86),
                Kind = kind,
                UserId = userId,
                ChannelId = channel.Id,
                At = world.Time.GetUtcNow(),
                CommandName = commandName,
                Source = source,
            };
            opened.Payload = InteractionPayload.Create(state, opened, channel, data);
            _interactions.Add(opened.Id, opened);
            if (endpoint is null)
                world.Tell(new("INTERACTION_CREATE", Intents.None, opened.Payload));
            return opened;
        });
        interaction.Deadline = options.Time.CreateTimer(
            _ => Fail(interaction, "The application did not respond"), null, options.InteractionTimeout, Timeout.InfiniteTimeSpan);
        if (endpoint is not null)
            http.Deliver(this, interaction, new Uri(endpoint));
        return interaction;
    }

    /// <summary>Within the world's lock; null when unknown.</summary>
    public Interaction? Find(ulong id) => _interactions.GetValueOrDefault(id);

    /// <summary>Within the world's lock; null when unknown or past its 15 minutes.</summary>
    public Interaction? FindByToken(string token) => _interactions.Values.FirstOrDefault(
        interaction => interaction.Token == token && interaction.At + TokenLife > world.Time.GetUtcNow());

    /// <summary>Applies a first response, from REST or from the body of the interactions endpoint's answer.</summary>
    /// <exception cref="RestRefusal">The response is late, a second one, or wrong.</exception>
    public void Respond(Interaction interaction, Form response, Uploads uploads) => world.Change(data =>
    {
        if (interaction.State == InteractionState.Failed)
            throw RestRefusal.UnknownInteraction();
        if (interaction.State != InteractionState.Waiting)
            throw RestRefusal.AlreadyAcknowledged();
        FirstResponse.Apply(world, interaction, response, uploads);
        interaction.Deadline?.Dispose();
    });

    public void Fail(Interaction interaction, string why) => world.Change(_ =>
    {
        if (interaction.State != InteractionState.Waiting)
            return;
        interaction.Fail(why);
        interaction.Deadline?.Dispose();
    });

    private void ForgetOld()
    {
        var limit = world.Time.GetUtcNow() - TokenLife;
        foreach (var old in _interactions.Values.Where(interaction => interaction.At < limit).ToArray())
            _interactions.Remove(old.Id);
    }
}
