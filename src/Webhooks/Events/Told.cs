namespace Rally.Webhooks.Events;

/// <summary>What is private of a transfer, as far as one app is told it.</summary>
/// <param name="UserName">The sender's; null when it is not told.</param>
/// <param name="Memo">The note; null when there is none or it is not told.</param>
/// <param name="Reference">The same of the reference.</param>
internal sealed record Told(string? UserName, string? Memo, string? Reference)
{
    public static readonly Told Nothing = new(null, null, null);
}
