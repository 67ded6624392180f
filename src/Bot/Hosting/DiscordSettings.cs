using System.ComponentModel.DataAnnotations;
using Rally.Bot.DiscordApi;

namespace Rally.Bot.Hosting;

/// <summary>Settings under <c>Discord</c>.</summary>
internal sealed class DiscordSettings
{
    /// <summary>The bot's token from the developer portal. A secret: from the environment, user-secrets or a file.</summary>
    public string? Token { get; set; }

    /// <summary>The application's public key, 64 hexadecimal digits; with it interactions are also taken over HTTP.</summary>
    [RegularExpression("^[0-9a-fA-F]{64}$", ErrorMessage = "Discord:PublicKey must be the 64 hexadecimal digits under General Information in the developer portal.")]
    public string? PublicKey { get; set; }

    /// <summary>Where Discord's API is; another address only for a sandbox.</summary>
    public Uri ApiBase { get; set; } = new("https://discord.com/api/v10");

    /// <summary>Discord's global limit for this bot: 50 unless Discord has raised it.</summary>
    [Range(1, 100_000, ErrorMessage = "Discord:RequestsPerSecond must be from 1 to 100000; Discord's limit is 50 unless it has raised yours.")]
    public int RequestsPerSecond { get; set; } = 50;

    public bool IsOn => !string.IsNullOrWhiteSpace(Token);

    /// <param name="options">What the client works by.</param>
    /// <param name="publicUrl">Named to Discord as the place to turn to.</param>
    public void ApplyTo(DiscordOptions options, Uri? publicUrl)
    {
        options.Token = Token ?? "";
        options.PublicKey = PublicKey ?? "";
        options.ApiBase = ApiBase;
        options.GlobalRequestsPerSecond = RequestsPerSecond;
        options.HomePage = publicUrl ?? options.HomePage;
        options.Version = typeof(DiscordSettings).Assembly.GetName().Version!.ToString(3);
    }
}
