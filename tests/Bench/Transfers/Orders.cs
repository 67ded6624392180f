using Rally.Ledger.Journal;

namespace Rally.Bench.Transfers;

/// <summary>Commands made before the clock starts, in lists as a caller with many transfers submits them.</summary>
internal static class Orders
{
    public const int EachList = 1_000;

    public static LedgerCommand[][] Lists(int orders, Func<int, TransferOrder> order) =>
        [.. Commands(orders, order).Chunk(EachList)];

    public static LedgerCommand[] Commands(int orders, Func<int, TransferOrder> order)
    {
        var commands = new LedgerCommand[orders];
        for (var i = 0; i < orders; i++)
            commands[i] = new PostCommand(order(i));
        return commands;
    }
}
