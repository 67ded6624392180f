namespace Rally.Storage.Backups;

/// <summary>The types of column that both engines keep without loss.</summary>
internal enum ColumnType
{
    /// <summary>64 bits, signed.</summary>
    Integer = 1,

    /// <summary>UTF-8.</summary>
    Text = 2,

    /// <summary>Bytes.</summary>
    Bytes = 3,

    /// <summary>0 and 1 on SQLite.</summary>
    Boolean = 4,

    /// <summary>An IEEE 754 double.</summary>
    Real = 5,
}

/// <summary>One value of one row, as it travels between engines; what it means is its column's type.</summary>
/// <param name="Number">An integer, a boolean as 0 or 1, a double's bits; null for the other types and for NULL.</param>
/// <param name="Bytes">Bytes, or text in UTF-8, never decoded on the way; null for the other types and for NULL.</param>
internal readonly record struct Cell(long? Number, byte[]? Bytes)
{
    public static Cell Null => default;

    public bool IsNull => Number is null && Bytes is null;

    public double Real => BitConverter.Int64BitsToDouble(Number!.Value);

    public static Cell Of(long number) => new(number, null);

    public static Cell Of(byte[] bytes) => new(null, bytes);

    // SQLite keeps no sign on a zero.
    public static Cell Of(double real) => new(BitConverter.DoubleToInt64Bits(real == 0 ? 0 : real), null);
}
