using Microsoft.Playwright;

namespace Rally.Browser.Tests;

/// <summary>axe-core, the independent judge of accessibility, with all its rules of WCAG 2.2 A and AA and its best practices.</summary>
internal static class Axe
{
    private const string Run = """
        async () => {
          const found = await axe.run(document, { resultTypes: ['violations'] });
          return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`));
        }
        """;

    private static readonly Lazy<string> Source = new(() => File.ReadAllText(Find()));

    /// <summary>What is wrong with the page as it is now; a line an element.</summary>
    public static async Task<IReadOnlyList<string>> JudgeAsync(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("typeof axe === 'object'"))
            await page.EvaluateAsync(Source.Value);
        return await page.EvaluateAsync<string[]>(Run);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "tests", "Peers", "node", "node_modules", "axe-core", "axe.min.js");
            if (File.Exists(script))
                return script;
        }

        throw new FileNotFoundException("axe-core is not installed; run tests/run.sh, or 'npm ci --ignore-scripts' in tests/Peers/node.");
    }
}
