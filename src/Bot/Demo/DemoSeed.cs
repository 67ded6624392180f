using Rally.Auth.Accounts;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;

namespace Rally.Bot.Demo;

/// <summary>What every demo begins with; what is there already is left as it is.</summary>
internal static class DemoSeed
{
    public const string Creator = "portemonnaie";
    private const long Supply = 1_000_000;

    /// <summary>A sample sign-in.</summary>
    public sealed record Account(string Username, string Password, Guid RallyId);

    /// <summary>A seeded coin.</summary>
    public sealed record SeededCoin(string Symbol, string Name);

    public static IReadOnlyList<SeededCoin> Coins { get; } =
    [
        new("PTM", "Portemonnaie"),
        new("ALLIE", "Allie's Alley"),
        new("KSK", "Kiosk"),
        new("CLOTH", "Cloth & Co"),
    ];

    private static readonly string[] People = [Creator, "fan", "nova", "quill", "ember"];

    public static async Task<IReadOnlyList<Account>> ApplyAsync(IServiceProvider services, CancellationToken stop)
    {
        var createAccount = services.GetRequiredService<CreateAccount>();
        var accounts = new List<Account>();
        foreach (var username in People)
        {
            // For this machine's eyes only: the demo listens on loopback.
            var password = $"demo-password-{username}";
            accounts.Add(new(username, password, await createAccount.ExecuteAsync(new(username, password), stop) switch
            {
                CreateAccount.Created created => created.RallyId,
                CreateAccount.UsernameTaken taken => taken.RallyId,
                var other => throw new DemoException($"The account {username} could not be opened: {other}"),
            }));
        }

        var launch = services.GetRequiredService<LaunchCoin>();
        foreach (var coin in Coins)
        {
            var result = await launch.ExecuteAsync(LaunchCoin.Request.Fixed(coin.Symbol, coin.Name, accounts[0].RallyId, Amount.Coins(Supply)), stop);
            if (result is LaunchCoin.Result.Invalid invalid)
                throw new DemoException($"{coin.Symbol} could not be launched: {invalid.Reason}");
        }

        return accounts;
    }
}
