namespace Rally.Ledger.Blocks;

/// <summary>The canonical bytes of a coin's launch; docs/chain.md has the layout.</summary>
internal static class CanonicalLaunch
{
    public static byte[] ToBytes(LaunchRow row)
    {
        var bytes = new byte[
            CanonicalWriter.SizeOf(row.Symbol) + CanonicalWriter.SizeOf(row.Name) + CanonicalWriter.SizeOf(row.Image) +
            CanonicalWriter.LengthSize + (row.Creator is null ? 0 : CanonicalWriter.IdSize) +
            CanonicalWriter.SizeOf(row.Curve) + CanonicalWriter.SizeOf(row.Terms) + (4 * CanonicalWriter.IntegerSize)];
        var writer = new CanonicalWriter(bytes);
        writer.Text(row.Symbol);
        writer.Text(row.Name);
        writer.Text(row.Image);
        writer.OptionalId(row.Creator);
        writer.Text(row.Curve);
        writer.Integer(row.Supply);
        writer.Text(row.Terms);
        writer.Integer(row.Rewards ? 1 : 0);
        writer.Integer(row.LaunchedAfter);
        writer.Time(row.LaunchedAt);
        return bytes;
    }
}
