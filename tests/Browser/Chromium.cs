using Microsoft.Playwright;

namespace Rally.Browser.Tests;

/// <summary>The Chromium on PATH, started once for all tests; each visitor has a profile of their own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // The first four are for root in a container; the others keep Chromium from calling home.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = OnPath("chromium"), Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Somebody at a screen of this size, who has never been here.</summary>
    internal Task<Visitor> ComesAsync(Screen? screen = null) => Visitor.ComeAsync(_browser!, screen ?? Screen.Desktop);

    private static string OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{program} is not on PATH; tests/run.sh installs it.");
}

/// <summary>All tests share one browser, so they run one after the other.</summary>
[CollectionDefinition(nameof(Chromium))]
public sealed class ChromiumCollection : ICollectionFixture<Chromium>;
