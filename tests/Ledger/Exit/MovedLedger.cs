using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Blocks;
using Rally.Ledger.Exit;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Ledger.Tests.Exit;

/// <summary>Ledgers that share a folder of keys, and the files that go from one to the other.</summary>
internal sealed class MovedLedger : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<IAsyncDisposable> _opened = [];

    public string In(string name) => Path.Combine(_folder.Path, name);

    public async Task<TestLedger> NewAsync(Engine engine, string keys = "keys")
    {
        var store = await TestDatabase.CreateAsync(engine);
        var ledger = await TestLedger.OpenAsync(store.Setting, options => options.AuthorityKeysFolder = In(keys));
        _opened.AddRange([ledger, store]);
        return ledger;
    }

    public async Task<string> ExportAsync(TestLedger ledger, string name)
    {
        await ExportLedger.On(ledger.Database, ledger.Clock).ExecuteAsync(In(name), null, default);
        return In(name);
    }

    public static Task<ImportLedger.Result> ImportAsync(TestLedger ledger, string file, byte[]? pinned = null) =>
        ImportAsync(ledger, new ImportLedger.Request(file) { PinnedAuthority = pinned });

    public static async Task<ImportLedger.Result> ImportAsync(TestLedger ledger, ImportLedger.Request request)
    {
        // Time has gone on here as it has where the file comes from.
        if (TakenAt(request.File) is { } taken && taken > ledger.Clock.GetUtcNow())
            ledger.Clock.Advance(taken - ledger.Clock.GetUtcNow());
        return await ledger.Services.GetRequiredService<ImportLedger>().ExecuteAsync(request, null, default);
    }

    public static async Task<string> ImportFaultAsync(TestLedger ledger, string file, byte[]? pinned = null)
    {
        try
        {
            await ImportAsync(ledger, file, pinned);
            return "";
        }
        catch (ExitException refused)
        {
            return refused.Message;
        }
    }

    public static Task<VerifyLedger.Result> VerifyAsync(TestLedger ledger) => ledger.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(new(), null, default);

    private static DateTimeOffset? TakenAt(string file)
    {
        try
        {
            using var export = new ExportReader(file);
            return export.Next() is LedgerLine.Header header ? header.TakenAt : null;
        }
        catch (IOException)
        {
            return null; // the import says what is wrong
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
            await opened.DisposeAsync();
        _folder.Dispose();
    }
}
