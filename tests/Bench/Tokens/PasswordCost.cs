using System.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth;
using Rally.Auth.Accounts;
using Rally.Storage;

namespace Rally.Bench.Tokens;

/// <summary>The module's own password hasher, as the module sets it up.</summary>
internal static class PasswordCost
{
    public static void Print()
    {
        using var services = new ServiceCollection().AddLogging().AddStorage("sqlite::none").AddAuth().BuildServiceProvider();
        var hasher = services.GetRequiredService<IPasswordHasher<Account>>();
        Hash(hasher); // the code is compiled
        var milliseconds = Enumerable.Range(0, 11).Select(_ => Hash(hasher).TotalMilliseconds).Order().ToArray();
        Measure.Value(new AuthOptions().PasswordHashIterations, "iterations", "password hash, PBKDF2-HMAC-SHA512, the default of Auth:PasswordHashIterations");
        Measure.Value(milliseconds[milliseconds.Length / 2], "ms", "one password hash, median of 11");
    }

    private static TimeSpan Hash(IPasswordHasher<Account> hasher)
    {
        var begun = Stopwatch.GetTimestamp();
        hasher.HashPassword(null!, "correct horse battery staple");
        return Stopwatch.GetElapsedTime(begun);
    }
}
