using System.IO.Compression;
using System.Text;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Exit;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Exit;

/// <summary>A ledger that was exported and imported is the same ledger, on the same engine or the other.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Tables =
    [
        "SELECT symbol, name, image, hex(creator), curve, supply, terms, rewards, suspended, launched_after, launched_at FROM ledger_coin ORDER BY symbol",
        """
        SELECT coalesce(hex(a.holder), ''), a.coin, a.kind, b.balance, b.flow_used, b.flow_at, b.bought_at
        FROM ledger_account a JOIN ledger_balance b ON b.account = a.id ORDER BY 1, 2, 3
        """,
        """
        SELECT hex(id), position, hex(sender), hex(receiver), coin, amount, held_at, expires_at, state, resolved_position
        FROM ledger_hold ORDER BY position
        """,
        "SELECT height, hex(hash), hex(signature), hex(marks) FROM ledger_block ORDER BY height",
        "SELECT number, hex(public_key), first_height, introduced_at, hex(introduction) FROM ledger_authority ORDER BY number",
        "SELECT hex(key) FROM ledger_words_key",
        "SELECT at, nano_usd FROM ledger_usd_price ORDER BY at",
        "SELECT nano_usd, confirmed_at FROM ledger_usd_feed",
    ];

    [Theory, EachEngine]
    public async Task A_busy_ledger_goes_to_each_engine_and_goes_on_as_if_it_had_stayed(Engine engine)
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(engine);
        var busy = await BusyLedger.MakeAsync(ledger, steps: 600);
        await EverythingIsInItAsync(ledger);
        var file = await move.ExportAsync(ledger, "export.jsonl");
        var before = await StateAsync(ledger);
        var moved = new List<TestLedger>();
        foreach (var target in new[] { Engine.Sqlite, Engine.Postgres }.Where(target => target == Engine.Sqlite || TestDatabase.PostgresServer is not null))
        {
            var imported = await move.NewAsync(target);
            imported.Clock.Advance(ledger.Clock.GetUtcNow() - imported.Clock.GetUtcNow());
            var result = await MovedLedger.ImportAsync(imported, file);

            Assert.Equal(before, await StateAsync(imported));
            Assert.Equal(await File.ReadAllTextAsync(file), await File.ReadAllTextAsync(await move.ExportAsync(imported, $"{target}.jsonl")));
            var verified = await MovedLedger.VerifyAsync(imported);
            Assert.Null(verified.Fault);
            Assert.Equal((verified.Position, verified.Height, verified.Authority), (result.Entries, result.Blocks, result.Authority));
            Assert.Null(result.KeyFault);
            Assert.Equal(await imported.CheckAsync(), result.Entries);
            var again = Assert.IsType<PostResult.Posted>(await imported.PostAsync(busy.FirstTransfer!));
            Assert.Equal((true, Assert.IsType<PostResult.Posted>(await ledger.PostAsync(busy.FirstTransfer!)).Entries[0]), (again.Repeated, again.Entries[0]));
            moved.Add(imported);
        }

        // The same things happen to all: the same is refused, the same limits are used up, and the same blocks are sealed.
        foreach (var one in moved.Prepend(ledger))
        {
            var next = busy.On(one, seed: 7);
            await next.GoOnAsync(150);
            Assert.True(await next.SealAsync() > 0);
            await next.GoOnAsync(20);
            Assert.Null((await MovedLedger.VerifyAsync(one)).Fault);
        }

        var expected = await File.ReadAllTextAsync(await move.ExportAsync(ledger, "later.jsonl"));
        foreach (var one in moved)
        {
            Assert.Equal(await StateAsync(ledger), await StateAsync(one));
            Assert.Equal(expected, await File.ReadAllTextAsync(await move.ExportAsync(one, $"{one.Database.Engine}-later.jsonl")));
        }
    }

    [Theory, EachEngine]
    public async Task A_limit_that_was_used_up_before_the_move_is_used_up_after_it(Engine engine)
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(engine);
        var sender = await ledger.LaunchLimitedAsync("PTM", 1_000, CoinTerms.None with { FlowBasisPoints = 500 });
        await ledger.PostedAsync(ledger.Order(sender, Guid.NewGuid(), 30));

        var imported = await move.NewAsync(engine);
        await MovedLedger.ImportAsync(imported, await move.ExportAsync(ledger, "export.jsonl.gz"));

        Assert.Equal(Amount.Coins(20), Assert.IsType<PostResult.OverAllowance>(await imported.PostAsync(imported.Order(sender, Guid.NewGuid(), 21))).Remaining);
        imported.Clock.Advance(TimeSpan.FromDays(6));
        await imported.PostedAsync(imported.Order(sender, Guid.NewGuid(), 30));
        Assert.IsType<PostResult.OverAllowance>(await imported.PostAsync(imported.Order(sender, Guid.NewGuid(), 1)));
    }

    [Theory, EachEngine]
    public async Task An_empty_ledger_goes_too(Engine engine)
    {
        await using var move = new MovedLedger();
        var imported = await move.NewAsync(engine);

        var result = await MovedLedger.ImportAsync(imported, await move.ExportAsync(await move.NewAsync(engine), "export.jsonl"));
        await imported.LaunchAsync("PTM", 5);

        Assert.Equal((0, 0, 1, 0, null), (result.Entries, result.Blocks, result.Coins, result.Accounts, result.Authority));
        Assert.Equal(1, await imported.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task An_export_shows_one_moment_while_others_write(Engine engine)
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(engine);
        var busy = await BusyLedger.MakeAsync(ledger, steps: 100);
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await busy.GoOnAsync(5);
                await busy.SealAsync();
            }
        });
        var files = new List<string>();
        for (var i = 0; i < 5; i++)
            files.Add(await move.ExportAsync(ledger, $"{i}.jsonl"));
        await enough.CancelAsync();
        await writing;

        foreach (var file in files)
        {
            var imported = await move.NewAsync(Engine.Sqlite);
            await MovedLedger.ImportAsync(imported, file);
            Assert.Null((await MovedLedger.VerifyAsync(imported)).Fault);
        }
    }

    [Fact]
    public async Task Without_the_private_key_the_import_says_so_and_nothing_is_sealed_until_it_is_there()
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(Engine.Sqlite);
        await BusyLedger.MakeAsync(ledger, steps: 20);
        var imported = await move.NewAsync(Engine.Sqlite, keys: "elsewhere");

        var result = await MovedLedger.ImportAsync(imported, await move.ExportAsync(ledger, "export.jsonl"));
        await imported.LaunchAsync("PTM", 5);
        var seal = imported.Services.GetRequiredService<SealBlocks>();

        Assert.Contains("The private key of authority 2 is missing", result.KeyFault, StringComparison.Ordinal);
        await Assert.ThrowsAsync<AuthorityKeyException>(() => seal.ExecuteAsync(default));
        Directory.Move(move.In("keys"), move.In("elsewhere"));
        Assert.Equal(1, await seal.ExecuteAsync(default));
        Assert.Null((await MovedLedger.VerifyAsync(imported)).Fault);
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_and_packed_when_its_name_says_so()
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(Engine.Sqlite);
        await BusyLedger.MakeAsync(ledger, steps: 20);
        var (plain, packed) = (await move.ExportAsync(ledger, "export.jsonl"), await move.ExportAsync(ledger, "export.jsonl.gz"));

        await using var unpacked = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
        Assert.Equal(await File.ReadAllTextAsync(plain), await new StreamReader(unpacked, Encoding.UTF8).ReadToEndAsync());
        Assert.DoesNotContain('\r', await File.ReadAllTextAsync(plain));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(plain));
        Assert.Contains("is there already", (await Assert.ThrowsAsync<ExitException>(() => move.ExportAsync(ledger, "export.jsonl"))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", (await Assert.ThrowsAsync<ExitException>(() => move.ExportAsync(ledger, "nowhere/export.jsonl"))).Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_damaged_ledger_is_not_exported_and_no_file_is_left(Engine engine)
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(engine);
        await BusyLedger.MakeAsync(ledger, steps: 40);
        await ledger.Database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("UPDATE ledger_transfer SET amount = amount + 1 WHERE position = 9", transaction: transaction));

        var refused = await Assert.ThrowsAsync<ExitException>(() => move.ExportAsync(ledger, "export.jsonl"));

        Assert.Contains("Position 9", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(move.In("export.jsonl"))!));
    }

    private static async Task EverythingIsInItAsync(TestLedger ledger)
    {
        var (kinds, states) = await ledger.Database.ReadAsync(async connection => (
            (await connection.QueryAsync<string>("SELECT DISTINCT kind FROM ledger_transfer ORDER BY kind")).ToList(),
            (await connection.QueryAsync<string>("SELECT DISTINCT state FROM ledger_hold ORDER BY state")).ToList()));
        Assert.Equal(["buy", "expire", "fee", "genesis", "hold", "issue", "post", "sell", "transfer", "vest", "void"], kinds);
        Assert.Equal(["expired", "open", "posted", "voided"], states);
        Assert.True(await ledger.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM ledger_balance WHERE flow_used > 0")) > 3);
        Assert.True(await ledger.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM ledger_balance WHERE bought_at > 0")) > 3);
    }

    private static Task<string> StateAsync(TestLedger ledger) => ledger.Database.ReadAsync(async connection =>
    {
        var state = new StringBuilder();
        foreach (var table in Tables)
        {
            var sql = table;
            if (ledger.Database.Engine == Engine.Postgres)
                sql = System.Text.RegularExpressions.Regex.Replace(table, @"hex\(([a-z._]+)\)", "coalesce(upper(encode($1, 'hex')), '')");
            foreach (IDictionary<string, object?> row in await connection.QueryAsync(sql))
                state.AppendJoin('|', row.Values).AppendLine();
        }

        return state.ToString();
    });
}
