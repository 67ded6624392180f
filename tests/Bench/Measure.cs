using System.Globalization;

namespace Rally.Bench;

/// <summary>Prints a measure in one of the two forms that readers of benchmarks look for, a line each.</summary>
internal static class Measure
{
    /// <summary>Ours against a peer's, above 1 when ours is better: <c>measure ratio=1.23 goal>=0.80 (what against what)</c>.</summary>
    public static void Ratio(double ratio, double goal, string whatAgainstWhat) =>
        Print($"measure ratio={ratio:0.00} goal>={goal:0.00} ({whatAgainstWhat})");

    /// <summary>A figure without a peer: <c>measure value=12.3 unit=ms (what)</c>.</summary>
    public static void Value(double value, string unit, string what) =>
        Print($"measure value={value:0.###} unit={unit} ({what})");

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
