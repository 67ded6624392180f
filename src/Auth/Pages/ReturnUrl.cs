using System.Diagnostics.CodeAnalysis;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>Where to go on after sign-in: a path of this server and nothing else.</summary>
internal static class ReturnUrl
{
    /// <returns><paramref name="asked"/> when it is a local path, else the account page.</returns>
    public static string Local(string? asked) => IsLocal(asked) ? asked : Paths.Account;

    /// <summary>A link to <paramref name="page"/> that goes on to <paramref name="returnUrl"/>.</summary>
    public static string With(string page, string returnUrl) => $"{page}?returnUrl={Uri.EscapeDataString(returnUrl)}";

    // Browsers take '\' for '/' and skip tabs and line ends, so "/\evil" and "/<tab>/evil" would leave.
    private static bool IsLocal([NotNullWhen(true)] string? url) =>
        url is ['/', ..] and not ['/', '/', ..] && url.All(c => c is > ' ' and < '\x7f' and not '\\');
}
