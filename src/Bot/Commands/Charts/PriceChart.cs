using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands.Charts;

/// <summary>Draws how a price went: a line over a filled area, with the highest and lowest price beside it.</summary>
internal static class PriceChart
{
    private const int Width = 720;
    private const int Height = 300;
    private const int Margin = 16;
    private const int LabelScale = 3;
    private const int GridLines = 4;
    private const int LineWidth = 3;

    private const byte Grid = 1;
    private const byte Area = 2;
    private const byte Line = 3;
    private const byte Ink = 4;

    // As Discord's dark theme, which also reads on the light one.
    private static readonly int[] Palette = [0x1F1D27, 0x37343F, 0x352C63, 0xB3A2FF, 0xEEECF4];

    // Three columns and five rows of each sign, a row's left pixel in the highest of three bits.
    private static readonly Dictionary<char, int[]> Signs = new()
    {
        ['0'] = [7, 5, 5, 5, 7],
        ['1'] = [2, 6, 2, 2, 7],
        ['2'] = [7, 1, 7, 4, 7],
        ['3'] = [7, 1, 7, 1, 7],
        ['4'] = [5, 5, 7, 1, 1],
        ['5'] = [7, 4, 7, 1, 7],
        ['6'] = [7, 4, 7, 5, 7],
        ['7'] = [7, 1, 2, 2, 2],
        ['8'] = [7, 5, 7, 5, 7],
        ['9'] = [7, 5, 7, 1, 7],
        ['.'] = [0, 0, 0, 0, 2],
    };

    /// <summary>A point of the line.</summary>
    internal readonly record struct Point(DateTimeOffset At, Amount Price);

    /// <param name="points">At least two, by rising time.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Draw(IReadOnlyList<Point> points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Count, 2);
        var (least, most) = (points.Min(point => point.Price.MinorUnits), points.Max(point => point.Price.MinorUnits));
        var image = new PngImage(Width, Height, Palette);
        var labels = Math.Max(LabelWidth(new Amount(most)), LabelWidth(new Amount(least)));
        var right = Width - Margin - labels - Margin;

        for (var line = 0; line <= GridLines; line++)
        {
            var y = Margin + ((Height - (2 * Margin)) * line / GridLines);
            for (var x = Margin; x <= right; x++)
                image[x, y] = Grid;
        }

        var (first, span) = (points[0].At, points[^1].At - points[0].At);
        var drawn = points.Select(point => (X: XOf(point.At), Y: YOf(point.Price))).ToList();
        foreach (var (from, to) in drawn.Zip(drawn.Skip(1)))
            Fill(image, from, to);
        foreach (var (from, to) in drawn.Zip(drawn.Skip(1)))
            Stroke(image, from, to);
        Write(image, new Amount(most), right + Margin, Margin);
        if (least != most)
            Write(image, new Amount(least), right + Margin, Height - Margin - (5 * LabelScale));
        return image.ToFile();

        int XOf(DateTimeOffset at) => span == TimeSpan.Zero ? Margin : Margin + (int)((Int128)(right - Margin) * (at - first).Ticks / span.Ticks);
        int YOf(Amount price) => most == least
            ? Height / 2
            : Height - Margin - (int)((Int128)(Height - (2 * Margin)) * (price.MinorUnits - least) / (most - least));
    }

    private static void Fill(PngImage image, (int X, int Y) from, (int X, int Y) to)
    {
        for (var x = from.X; x <= to.X; x++)
        {
            for (var y = Between(from, to, x) + 1; y <= Height - Margin; y++)
                image[x, y] = Area;
        }
    }

    private static void Stroke(PngImage image, (int X, int Y) from, (int X, int Y) to)
    {
        for (var x = from.X; x <= to.X; x++)
        {
            // As high as the step to the next column, so that steep lines have no gaps.
            var (y, next) = (Between(from, to, x), Between(from, to, Math.Min(x + 1, to.X)));
            if (from.X == to.X)
                (y, next) = (from.Y, to.Y);
            for (var dot = Math.Min(y, next) - (LineWidth / 2); dot <= Math.Max(y, next) + (LineWidth / 2); dot++)
                image[x, dot] = Line;
        }
    }

    private static int Between((int X, int Y) from, (int X, int Y) to, int x) =>
        from.X == to.X ? to.Y : from.Y + ((to.Y - from.Y) * (x - from.X) / (to.X - from.X));

    private static int LabelWidth(Amount price) => price.ToString().Length * 4 * LabelScale;

    private static void Write(PngImage image, Amount price, int left, int top)
    {
        foreach (var sign in price.ToString())
        {
            for (var pixel = 0; pixel < 15 * LabelScale * LabelScale; pixel++)
            {
                var (x, y) = (pixel % (3 * LabelScale), pixel / (3 * LabelScale));
                if ((Signs[sign][y / LabelScale] & (4 >> (x / LabelScale))) != 0)
                    image[left + x, top + y] = Ink;
            }

            left += 4 * LabelScale;
        }
    }
}
