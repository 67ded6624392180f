using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Rally.Bot.Demo;

/// <summary>
/// The main job, played through the public interfaces only: a fan links, receives a coin and gets the role; sends it
/// away and loses it. Each run has a new fan, so it can be played again on the same data.
/// </summary>
internal sealed class DemoStory(DemoDiscord discord, TextWriter output, CancellationToken stop)
{
    private static readonly TimeSpan RoleWithin = TimeSpan.FromSeconds(20);
    private readonly string _fanName = $"fan_{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
    private ulong _creator;
    private ulong _gold;
    private ulong _fan;

    /// <exception cref="DemoException">The first step that failed; the message says which.</exception>
    public async Task PlayAsync()
    {
        _creator = discord.MemberId(DemoSeed.Creator);
        _gold = discord.RoleId("Gold");
        Uri? link = null;

        await StepAsync("the creator runs /rally setup PTM", () => SaysAsync(_creator, "rally", "setup", "PTM", ("symbol", "PTM")));
        await StepAsync("the creator runs /tier add @Gold, 50 to enter, 45 to leave", () => AddTierAsync());
        await StepAsync($"{_fanName} joins the server and runs /coin join", async () =>
        {
            _fan = await discord.JoinAsync(_fanName, stop);
            link = await DemoPerson.AskForLinkAsync(discord, _fan, stop) ?? throw new DemoException("A new member is linked already.");
        });
        await StepAsync("the fan follows the link, signs up at Rally, sees who asks for what, and consents", () =>
            DemoPerson.FollowAsync(link!, _fanName, _fanName, RandomNumberGenerator.GetHexString(20), signUp: true, stop));
        await StepAsync("the creator runs /coin send @fan 60 and confirms it", () => SendAsync(_creator, _fan, "60"));
        await StepAsync("the fan has Gold", () => RoleBecomesAsync(true));
        await StepAsync("/coin balance says 60, /tier list and /tier why answer", async () =>
        {
            await SaysAsync(_fan, "coin", "balance", "60 PTM");
            await SaysAsync(_fan, "tier", "list", "50 PTM");
            await SaysAsync(_creator, "tier", "why", "60 is enough to keep it", ("member", $"{_fan}"));
        });
        await StepAsync("the fan sends 13 away: 47 left, above 45, Gold stays", async () =>
        {
            await SendAsync(_fan, _creator, "13");
            await SaysAsync(_creator, "tier", "why", "47 is enough to keep it", ("member", $"{_fan}"));
            await RoleBecomesAsync(true);
        });
        await StepAsync("the fan sends 7 more away: 40 left, below 45, Gold goes", async () =>
        {
            await SendAsync(_fan, _creator, "7");
            await RoleBecomesAsync(false);
        });
        await StepAsync("/coin balance says 40, /tier why tells both decisions", async () =>
        {
            await SaysAsync(_fan, "coin", "balance", "40 PTM");
            await WaitForAsync("the decisions in /tier why", async () =>
            {
                var why = await discord.RunAsync(_creator, "tier", "why", stop, ("member", $"{_fan}"));
                return why.Contains("held 60 PTM", StringComparison.Ordinal) && why.Contains("held 40 PTM", StringComparison.Ordinal);
            });
        });
        await StepAsync("sending more than one holds is refused", () => SaysAsync(
            _fan, "coin", "send", "Nothing was sent", ("member", $"{_creator}"), ("amount", "41")));
    }

    private async Task AddTierAsync()
    {
        (string, string)[] options = [("role", $"{_gold}"), ("enter", "50"), ("leave", "45")];
        var reply = await discord.RunAsync(_creator, "tier", "add", stop, options);
        if (reply.Contains("has a tier already", StringComparison.Ordinal))
        {
            await discord.RunAsync(_creator, "tier", "remove", stop, ("role", $"{_gold}"));
            reply = await discord.RunAsync(_creator, "tier", "add", stop, options);
        }

        if (!reply.Contains("45 PTM", StringComparison.Ordinal))
            throw new DemoException($"/tier add said: {reply}");
    }

    private async Task SendAsync(ulong from, ulong to, string amount) =>
        await SaysAsync(from, "coin", "send", $"sent **{amount} PTM**", ("member", $"{to}"), ("amount", amount));

    private async Task SaysAsync(
        ulong member, string command, string subcommand, string words, params (string Name, string Value)[] options)
    {
        var reply = await discord.RunConfirmedAsync(member, command, subcommand, stop, options);
        if (!reply.Contains(words, StringComparison.Ordinal))
            throw new DemoException($"/{command} {subcommand} should say “{words}”, and said: {reply}");
    }

    private Task RoleBecomesAsync(bool wanted) =>
        WaitForAsync(wanted ? "Gold" : "Gold gone", async () => await discord.HasRoleAsync(_fan, _gold, stop) == wanted);

    private async Task WaitForAsync(string what, Func<Task<bool>> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            if (watch.Elapsed > RoleWithin)
                throw new DemoException($"Not within {RoleWithin.TotalSeconds} s: {what}.");
            await Task.Delay(20, stop);
        }
    }

    private async Task StepAsync(string name, Func<Task> step)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            await step();
        }
        catch (Exception fault) when (fault is DemoException or HttpRequestException or System.Text.Json.JsonException)
        {
            throw new DemoException($"FAILED: {name}{Environment.NewLine}{fault.Message}");
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalMilliseconds,8:0} ms  {name}"));
    }
}
