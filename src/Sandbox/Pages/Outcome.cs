using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.Pages;

/// <summary>How far an interaction has come.</summary>
internal static class Outcome
{
    public static JsonObject Of(WorldData data, Interaction interaction)
    {
        var json = new JsonObject
        {
            ["interactionId"] = Wire.Id(interaction.Id),
            ["state"] = interaction.State switch
            {
                InteractionState.Waiting => "waiting",
                InteractionState.Deferred => "deferred",
                InteractionState.Answered => "answered",
                _ => "failed",
            },
        };
        if (interaction.Original is { } message)
            json["message"] = message.ToJson(data);
        if (interaction.Modal is { } modal)
            json["modal"] = modal.DeepClone();
        if (interaction.Choices is { } choices)
            json["choices"] = choices.DeepClone();
        if (interaction.Failure is { } failure)
            json["failure"] = failure;
        return json;
    }
}
