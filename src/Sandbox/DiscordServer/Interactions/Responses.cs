using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>Messages that answer an interaction. Call within <see cref="World.Change{T}"/>.</summary>
internal static class Responses
{
    /// <summary>Discord's flag of "the application is thinking".</summary>
    public const int Loading = 1 << 7;

    public static Message PostOriginal(World world, Interaction interaction, MessageBody body)
    {
        var message = New(world, interaction, body.Flags, isOriginal: true);
        body.ApplyTo(message, world);
        interaction.Original = message;
        world.Post(message);
        return message;
    }

    public static void PostLoading(World world, Interaction interaction, bool isEphemeral)
    {
        var message = New(world, interaction, Loading | (isEphemeral ? Message.Ephemeral : 0), isOriginal: true);
        interaction.Original = message;
        world.Post(message);
    }

    /// <summary>After a deferral the first follow-up takes the place of "thinking", as on Discord.</summary>
    public static Message FollowUp(World world, Interaction interaction, MessageBody body)
    {
        if (interaction.Original is { } original && (original.Flags & Loading) != 0)
        {
            Edit(world, original, body);
            return original;
        }

        var message = New(world, interaction, body.Flags, isOriginal: false);
        body.ApplyTo(message, world);
        world.Post(message);
        return message;
    }

    public static void Edit(World world, Message message, MessageBody body)
    {
        body.ApplyTo(message, world);
        message.Flags &= ~Loading;
        world.MessageEdited(message);
    }

    private static Message New(World world, Interaction interaction, int flags, bool isOriginal)
    {
        var isEphemeral = (flags & Message.Ephemeral) != 0;
        return new()
        {
            Id = world.Snowflakes.Next(),
            ChannelId = interaction.ChannelId,
            AuthorId = world.Data.ApplicationId,
            SentAt = world.Time.GetUtcNow(),
            Flags = flags,
            OnlyFor = isEphemeral ? interaction.UserId : null,
            Origin = new(interaction.Id, (int)interaction.Kind, interaction.UserId, interaction.CommandName, isOriginal),
        };
    }
}
