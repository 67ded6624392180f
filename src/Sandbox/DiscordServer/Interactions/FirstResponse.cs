using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>What each type of response does.</summary>
internal static class FirstResponse
{
    private const int MessageNow = 4;
    private const int MessageLater = 5;
    private const int UpdateLater = 6;
    private const int UpdateNow = 7;
    private const int Suggestions = 8;
    private const int ShowModal = 9;

    /// <exception cref="RestRefusal">50035: the response is wrong, or not for this kind of interaction.</exception>
    public static void Apply(World world, Interaction interaction, Form response, Uploads uploads)
    {
        var type = response.Integer("type", MessageNow, ShowModal, required: true);
        response.Errors.ThrowIfAny();
        if (!IsFor(interaction, (int)type!.Value))
        {
            response.Wrong("type", "BASE_TYPE_CHOICES", "This type of response is not for this interaction.");
            response.Errors.ThrowIfAny();
        }

        var body = response.Child("data", required: type is MessageNow or UpdateNow or Suggestions or ShowModal);
        response.Errors.ThrowIfAny();
        switch (type)
        {
            case MessageNow:
                Responses.PostOriginal(world, interaction, new MessageBody(body!, uploads));
                interaction.Answer();
                break;
            case MessageLater:
                Responses.PostLoading(world, interaction, isEphemeral: ((body?.Integer("flags", 0, int.MaxValue) ?? 0) & Message.Ephemeral) != 0);
                interaction.Defer();
                break;
            case UpdateLater:
                interaction.Original = interaction.Source;
                interaction.Answer();
                break;
            case UpdateNow:
                interaction.Original = interaction.Source;
                Responses.Edit(world, interaction.Source!, new MessageBody(body!, uploads));
                interaction.Answer();
                break;
            case Suggestions:
                interaction.Choices = Choices(body!);
                interaction.Answer();
                break;
            default:
                ComponentBody.CheckModal(body!);
                body!.Errors.ThrowIfAny();
                interaction.Modal = body.Json.DeepClone().AsObject();
                interaction.Answer();
                break;
        }
    }

    private static bool IsFor(Interaction interaction, int type) => interaction.Kind switch
    {
        InteractionKind.Autocomplete => type == Suggestions,
        InteractionKind.Command => type is MessageNow or MessageLater or ShowModal,
        InteractionKind.Component => type is MessageNow or MessageLater or UpdateLater or UpdateNow or ShowModal,
        InteractionKind.ModalSubmit => type is MessageNow or MessageLater
            || (type is UpdateLater or UpdateNow && interaction.Source is not null),
        _ => false,
    };

    private static JsonArray Choices(Form body)
    {
        foreach (var choice in body.Children("choices", 25))
        {
            choice.Text("name", 1, 100, required: true);
            Localizations.Check(choice, "name_localizations", 100);
            if (choice.Json["value"] is null)
                choice.Wrong("value", "BASE_TYPE_REQUIRED", "This field is required");
            else if (choice.Json["value"]!.GetValueKind() == JsonValueKind.String)
                choice.Text("value", 1, 100);
        }

        body.Errors.ThrowIfAny();
        return body.Json["choices"]?.DeepClone().AsArray() ?? [];
    }
}
