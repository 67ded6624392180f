using Microsoft.Playwright;

namespace Rally.Browser.Tests;

/// <summary>
/// Looks at pages on both screens, light and dark, and gathers what is wrong with them. With RALLY_PICTURES set to a
/// folder, it also leaves a picture of each look there, for people.
/// </summary>
internal sealed class Inspection
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("RALLY_PICTURES");
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>Looks at the page as it stands; its screen is the desktop's afterwards.</summary>
    /// <param name="page">The page.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="screens">The screens to look at; both unless told.</param>
    public async Task LookAsync(IPage page, string name, params Screen[] screens)
    {
        foreach (var screen in screens is [] ? [Screen.Phone, Screen.Desktop] : screens)
        {
            await page.SetViewportSizeAsync(screen.Width, screen.Height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
                var look = $"{name}-{screen}-{scheme}".ToLowerInvariant();
                if (Pictures is not null)
                    await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, $"{look}.png") });
                _faults.AddRange((await Axe.JudgeAsync(page)).Select(fault => $"{look}: {fault}"));
                if (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"))
                    _faults.Add($"{look}: wider than the screen");
            }
        }
    }
}
