using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;
using Xunit;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>All that is in the store, read with queries of its own.</summary>
internal static class StoreReading
{
    public static Task<ModelState> ReadAsync(Database database) => database.ReadAsync(async connection =>
    {
        var accounts = (await connection.QueryAsync<AccountRow>("SELECT id, holder, coin, kind FROM ledger_account"))
            .ToDictionary(row => row.Id, row => new AccountKey(row.Holder, row.Coin, row.Kind));
        var balances = (await connection.QueryAsync<BalanceRow>("SELECT account, balance, flow_used, flow_at, bought_at FROM ledger_balance")).ToList();
        Assert.Equal(accounts.Keys.Order(), balances.Select(row => row.Account).Order());
        var log = await ReadLogAsync(connection, accounts);
        return new ModelState(
            [.. log],
            log.ToImmutableDictionary(entry => entry.Id, entry => entry.Position),
            balances.ToImmutableDictionary(row => accounts[row.Account], row => new ModelAccount(row.Balance, row.FlowUsed, row.FlowAt, row.BoughtAt)),
            (await connection.QueryAsync<HoldRow>("SELECT * FROM ledger_hold")).ToImmutableDictionary(row => row.Id, row => row.ToModel()),
            (await connection.QueryAsync<CoinRow>("SELECT * FROM ledger_coin")).ToImmutableDictionary(row => row.Symbol, row => row.ToModel()));
    });

    private static async Task<List<ModelEntry>> ReadLogAsync(DbConnection connection, Dictionary<long, AccountKey> accounts)
    {
        var rows = await connection.QueryAsync<EntryRow>("SELECT * FROM ledger_transfer ORDER BY position");
        return [.. rows.Select(row => new ModelEntry(
            row.Position, row.Id, accounts[row.DebitAccount], accounts[row.CreditAccount], row.Amount, row.Kind, row.Link, row.PostedAt,
            row.DebitBalance, row.CreditBalance, row.Note ?? "", row.Reference ?? "", row.Details))];
    }

    private sealed class AccountRow
    {
        public long Id { get; init; }

        public Guid? Holder { get; init; }

        public string Coin { get; init; } = "";

        public string Kind { get; init; } = "";
    }

    private sealed class BalanceRow
    {
        public long Account { get; init; }

        public long Balance { get; init; }

        public long FlowUsed { get; init; }

        public long FlowAt { get; init; }

        public long BoughtAt { get; init; }
    }

    private sealed class EntryRow
    {
        public long Position { get; init; }

        public Guid Id { get; init; }

        public long DebitAccount { get; init; }

        public long CreditAccount { get; init; }

        public long Amount { get; init; }

        public string Kind { get; init; } = "";

        public long Link { get; init; }

        public long PostedAt { get; init; }

        public long DebitBalance { get; init; }

        public long CreditBalance { get; init; }

        public string? Note { get; init; }

        public string? Reference { get; init; }

        public string? Details { get; init; }
    }

    private sealed class HoldRow
    {
        public Guid Id { get; init; }

        public long Position { get; init; }

        public Guid Sender { get; init; }

        public Guid Receiver { get; init; }

        public string Coin { get; init; } = "";

        public long Amount { get; init; }

        public long HeldAt { get; init; }

        public long ExpiresAt { get; init; }

        public string State { get; init; } = "";

        public long? ResolvedPosition { get; init; }

        public ModelHold ToModel() => new(Id, Position, Sender, Receiver, Coin, Amount, HeldAt, ExpiresAt, State, ResolvedPosition);
    }

    private sealed class CoinRow
    {
        public string Symbol { get; init; } = "";

        public string Name { get; init; } = "";

        public Guid? Creator { get; init; }

        public string Curve { get; init; } = "";

        public long Supply { get; init; }

        public string Terms { get; init; } = "";

        public long Suspended { get; init; }

        public long LaunchedAfter { get; init; }

        public long LaunchedAt { get; init; }

        public ModelCoin ToModel() => new(
            Symbol, Name, Creator ?? Guid.Empty, Curve, Supply, CoinTerms.FromJson(Terms), Suspended != 0, LaunchedAfter, LaunchedAt);
    }
}
