using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Xunit;

namespace Rally.Ledger.Tests.Crashes;

/// <summary>Posts until the disk is full, looks at what is there, gets space, and posts the same again.</summary>
internal static class FullDiskProcess
{
    /// <param name="setting">A store on a disk that is small, or that <paramref name="makeSmall"/> makes so.</param>
    /// <param name="makeSmall">A shell command; may be empty.</param>
    /// <param name="mend">A shell command that gives space.</param>
    public static async Task RunAsync(string setting, string makeSmall, string mend)
    {
        await using var ledger = await TestLedger.OpenAsync(setting);
        var rich = Guid.NewGuid();
        await ledger.PostedAsync(new TransferOrder(
            Guid.NewGuid(), AccountKey.Bridge, AccountKey.Of(rich, CoinSymbol.Rly), Amount.Coins(1_000_000), TransferKind.Issue));
        await ShellAsync(makeSmall);

        var posted = 1L;
        var (order, failure) = (Linked(ledger, rich), (Exception?)null);
        for (; failure is null && posted < 200_000; order = failure is null ? Linked(ledger, rich) : order)
        {
            failure = await Record.ExceptionAsync(() => ledger.PostAsync(order));
            posted += failure is null ? order.Length : 0;
        }

        Console.WriteLine($"{failure!.GetType().Name}: {failure.Message}");
        // As long as there is no space, nothing of it is there and everything else is.
        Assert.Equal(posted, await ledger.CheckAsync());
        await ShellAsync(mend);
        var again = Assert.IsType<PostResult.Posted>(await ledger.PostAsync(order));
        Assert.False(again.Repeated);
        Assert.Equal(posted + order.Length, await ledger.CheckAsync());
        Console.WriteLine($"{posted} entries, then full, then {order.Length} more");
    }

    /// <summary>A hundred transfers to a hundred people, with long notes.</summary>
    public static TransferOrder[] Linked(TestLedger ledger, Guid from) =>
        [.. Enumerable.Range(0, 100).Select(i => ledger.Order(from, Guid.NewGuid(), 1, CoinSymbol.Rly, new string('n', 200)))];

    private static async Task ShellAsync(string command)
    {
        if (command.Length == 0)
            return;
        using var shell = Process.Start("sh", ["-c", command]);
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
    }
}
