using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Apps;
using Rally.Bot.Network;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>
/// The operator's way to let a bot of another installation use this network (its <c>Network:Mode=Remote</c>). Registering
/// the same id again replaces its secret.
/// </summary>
internal static class RegisterClientCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var id = new Argument<string>("client-id") { Description = "A name for programs: letters, digits, '.', '_', '~', '-'." };
        var name = new Option<string>("--name") { Description = "What fans see on the consent page.", Required = true };
        var owner = new Option<string>("--owner") { Description = "Who is behind it; fans see that too.", Required = true };
        var publicUrl = new Option<string>("--public-url") { Description = "The other installation's PublicUrl.", Required = true };
        var command = new Command("register-client", "Let another installation's bot use this network: fans can let it see what they hold and send their coins, not trade them. Prints its client secret once.")
        {
            id, name, owner, publicUrl, data, store,
        };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)),
            (app, token) => RunAsync(app, parsed.GetValue(id)!, parsed.GetValue(name)!, parsed.GetValue(owner)!, parsed.GetValue(publicUrl)!, token),
            stop));
        return command;
    }

    private static async Task RunAsync(WebApplication app, string id, string name, string owner, string publicUrl, CancellationToken stop)
    {
        if (!Uri.TryCreate(publicUrl, UriKind.Absolute, out var url))
            throw new SettingException($"--public-url: '{publicUrl}' is not an address, such as https://bot.example.");
        var secret = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        var registered = await RallyHost.OfOwnNetwork<RegisterApp>(app).ExecuteAsync(
            InstallationSetup.BotClient(id, name, owner, secret, new Uri(url, Installation.LinkCallbackPath)), stop);
        if (registered is RegisterApp.Invalid invalid)
            throw new SettingException(string.Join(Environment.NewLine, invalid.Reasons));
        Console.WriteLine($"Network__ClientId={id}");
        Console.WriteLine($"Network__ClientSecret={secret}");
    }
}
