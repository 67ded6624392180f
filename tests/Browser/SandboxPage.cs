using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Rally.Browser.Tests;

/// <summary>What people do on the sandbox's page, on a screen of any size.</summary>
internal sealed class SandboxPage(IPage page)
{
    public IPage Page => page;

    public ILocator Messages => page.Locator("#messages article");

    /// <summary>The last message of the channel that is open.</summary>
    public ILocator LastMessage => Messages.Last;

    /// <summary>The page in a visitor's browser, acting as this member.</summary>
    public static async Task<SandboxPage> OpenAsync(Visitor visitor, Uri address, string member)
    {
        var page = new SandboxPage(await visitor.OpenAsync(new Uri(address, $"?as={member}")));
        await page.IsAsync(member);
        return page;
    }

    /// <summary>Becomes another member by the picker at the foot of the channel list.</summary>
    public async Task ActAsAsync(string member)
    {
        await ShowSideAsync("Channels");
        await page.GetByLabel("You are").SelectOptionAsync(new SelectOptionValue { Label = member });
        await IsAsync(member);
    }

    /// <summary>Types the command and takes it from the list; its options are on the screen then.</summary>
    public async Task TypeCommandAsync(string command)
    {
        await page.GetByLabel("Message", new() { Exact = true }).ClickAsync();
        await page.Keyboard.TypeAsync($"/{command}");
        await page.GetByRole(AriaRole.Option).Filter(new() { HasText = $"/{command}" }).ClickAsync();
        await Expect(page.Locator("#command-name")).ToHaveTextAsync($"/{command}");
    }

    public async Task FillAsync(string option, string value)
    {
        await AddAsync(option);
        await Option(option).FillAsync(value);
    }

    /// <summary>Picks a member or a role, shown with an @.</summary>
    public async Task PickAsync(string option, string name)
    {
        await AddAsync(option);
        await Option(option).SelectOptionAsync(new SelectOptionValue { Label = $"@{name}" });
    }

    /// <summary>Sends the command, and waits until the channel's last message has the words.</summary>
    public async Task SendAsync(string expected)
    {
        await page.PressAsync("Send");
        await Expect(LastMessage).ToContainTextAsync(expected);
    }

    /// <summary>Writes a message into the channel.</summary>
    public async Task SayAsync(string words)
    {
        await page.GetByLabel("Message", new() { Exact = true }).FillAsync(words);
        await SendAsync(words);
    }

    public ILocator Option(string name) => page.Locator($"#option-{name}");

    /// <summary>A row of the member list below the heading of this role.</summary>
    public ILocator UnderRole(string role, string member) =>
        page.Locator($"#members h2:text-matches('^{role} — ', 'i') + button").Filter(new() { HasText = member });

    /// <summary>On a narrow screen the sides are drawers.</summary>
    public async Task ShowSideAsync(string side)
    {
        var open = page.Locator(side == "Members" ? "#show-right" : "#show-left");
        if (await open.IsVisibleAsync() && await open.GetAttributeAsync("aria-expanded") == "false")
            await open.ClickAsync();
    }

    public async Task HideSidesAsync()
    {
        foreach (var open in new[] { "#show-right", "#show-left" })
        {
            if (await page.Locator(open).IsVisibleAsync() && await page.Locator(open).GetAttributeAsync("aria-expanded") == "true")
                await page.Locator("#messages").ClickAsync(new() { Position = new() { X = 5, Y = 5 } });
        }
    }

    /// <summary>Options that may be left out are buttons until they are wanted.</summary>
    private async Task AddAsync(string option)
    {
        if (!await Option(option).IsVisibleAsync())
            await page.PressAsync($"+ {option}");
    }

    private Task IsAsync(string member) => Expect(page.Locator("#act-as option:checked")).ToHaveTextAsync(member);
}
