namespace Rally.Browser.Tests;

/// <summary>The size of a screen, in CSS pixels.</summary>
public sealed record Screen(string Name, int Width, int Height)
{
    public static Screen Desktop { get; } = new("desktop", 1280, 820);

    public static Screen Phone { get; } = new("phone", 390, 844);

    public override string ToString() => Name;
}
