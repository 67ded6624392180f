using System.Diagnostics;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Exit;
using Rally.Ledger.Tests;
using Rally.Ledger.Tests.Exit;
using Rally.Storage;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>hledger adds up the log by itself, from nothing but its postings, and comes to our balances.</summary>
public sealed class HledgerTests
{
    [Fact]
    public async Task Hledger_comes_to_every_balance_and_notices_a_wrong_one()
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(Engine.Sqlite);
        await BusyLedger.MakeAsync(ledger, steps: 400);
        var exported = await ExportJournal.On(ledger.Database, ledger.Clock).ExecuteAsync(move.In("rally.journal"), null, default);
        var text = await File.ReadAllTextAsync(exported.File);

        var (code, theirs) = await HledgerAsync("balance", "--flat", "--no-total", "--empty", "--layout=bare", "--output-format=csv", "-f", exported.File);
        Assert.True(code == 0, theirs);
        Assert.Equal(await BalancesAsync(ledger), theirs.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Order(StringComparer.Ordinal));

        var (strict, said) = await HledgerAsync("check", "ordereddates", "commodities", "-f", exported.File);
        Assert.True(strict == 0, said);
        Assert.DoesNotContain("für dich", text, StringComparison.Ordinal);
        Assert.Contains($"{exported.Entries}", (await HledgerAsync("register", $"tag:position=^{exported.Entries}$", "-f", exported.File)).Printed.Length > 0 ? $"{exported.Entries}" : "nothing", StringComparison.Ordinal);

        // One posting's balance, a unit off: the amounts still come to zero.
        var at = text.LastIndexOf(" = ", StringComparison.Ordinal) + 3;
        var end = text.IndexOf(' ', at);
        await File.WriteAllTextAsync(move.In("wrong.journal"), text[..(end - 1)] + (text[end - 1] == '0' ? '1' : '0') + text[end..]);
        (code, said) = await HledgerAsync("balance", "-f", move.In("wrong.journal"));
        Assert.NotEqual(0, code);
        Assert.Contains("balance assertion", said, StringComparison.Ordinal);
    }

    /// <summary>All our accounts, as hledger lists them.</summary>
    private static async Task<IEnumerable<string>> BalancesAsync(TestLedger ledger) => (await ledger.Database.ReadAsync(connection => connection.QueryAsync<Row>("""
        SELECT lower(hex(a.holder)) AS holder, a.coin, a.kind, b.balance
        FROM ledger_account a
        JOIN ledger_balance b ON b.account = a.id
        """)))
        .Select(row => $"\"{(row.Holder.Length > 0 ? $"holder:{Guid.Parse(row.Holder)}" : row.Kind)}\",\"{row.Coin}\",\"{Shown(new Amount(row.Balance))}\"")
        .Order(StringComparer.Ordinal);

    private static string Shown(Amount amount) => amount == Amount.Zero ? "0" : amount.ToString() is var text && text.Contains('.', StringComparison.Ordinal)
        ? text + new string('0', 6 - (text.Length - text.IndexOf('.', StringComparison.Ordinal) - 1))
        : $"{amount}.000000";

    private static async Task<(int Code, string Printed)> HledgerAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("hledger", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LANG"] = "C.UTF-8", ["LC_ALL"] = "C.UTF-8" },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private sealed class Row
    {
        public string Holder { get; init; } = "";

        public string Coin { get; init; } = "";

        public string Kind { get; init; } = "";

        public long Balance { get; init; }
    }
}
