using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Rally.Ledger.Blocks;
using Rally.Ledger.Exit;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Exit;

/// <summary>Whatever is not as it was exported is refused with the line that is wrong, and nothing of it is left.</summary>
public sealed class DamageTests : IAsyncLifetime
{
    private readonly MovedLedger _move = new();
    private string[] _lines = [];
    private TestLedger _target = null!;

    public async Task InitializeAsync()
    {
        var ledger = await _move.NewAsync(Engine.Sqlite);
        await BusyLedger.MakeAsync(ledger, steps: 60);
        _lines = await File.ReadAllLinesAsync(await _move.ExportAsync(ledger, "export.jsonl"));
        _target = await _move.NewAsync(Engine.Sqlite);
    }

    public Task DisposeAsync() => _move.DisposeAsync().AsTask();

    [Fact]
    public async Task A_changed_line_is_named_even_where_the_footer_was_made_to_fit()
    {
        var (entry, tail, block) = (Find("entry", nth: 8), Find("entry", nth: -1), Find("block", nth: 0));
        foreach (var mended in new[] { false, true })
        {
            await RefusedAsync(entry, "it says", lines => Set(lines, entry, "amount", "1"), mended);
            await RefusedAsync(entry, "goes from position", lines => Set(lines, entry, "position", "4"), mended);
            await RefusedAsync(entry, "not an integer of 64 bits", lines => Set(lines, entry, "amount", "01"), mended);
            await RefusedAsync(entry, "more than nothing", lines => Set(lines, entry, "amount", "0"), mended);
            await RefusedAsync(entry, "its debit is not an account", lines => Set(lines, entry, "debit", "LIN"), mended);
            await RefusedAsync(entry, "its id is not an id", lines => Set(lines, entry, "id", "0"), mended);
            await RefusedAsync(entry, "its details is not a string", lines => lines[entry] = lines[entry].Replace("\"kind\"", "\"details\":5,\"kind\"", StringComparison.Ordinal).Replace("\"details\":null", "\"x\":null", StringComparison.Ordinal), mended);
            await RefusedAsync(entry, "it is not JSON", lines => lines[entry] = lines[entry][..^1], mended);
            await RefusedAsync(entry, "fields that this format does not know", lines => Set(lines, entry, "more", "1"), mended);
            await RefusedAsync(entry, "unknown type", lines => Set(lines, entry, "type", "what"), mended);
            await RefusedAsync(block, "not signed", lines => Set(lines, block, "signature", new string('0', 128)), mended);
            await RefusedAsync(block, "its hash", lines => Set(lines, block, "hash", new string('0', 64)), mended);
            await RefusedAsync(block, "not those that were sealed", lines => Set(lines, entry, "note", "for me"), mended);
            await RefusedAsync(block, "not those that were sealed", lines => Set(lines, 1, "name", "Mine"), mended);
            await RefusedAsync(0, "not introduced", lines => lines[0] = lines[0].Replace("\"firstHeight\":\"2\"", "\"firstHeight\":\"3\"", StringComparison.Ordinal), mended);
            await RefusedAsync(0, "its format is", lines => Set(lines, 0, "format", "rally ledger 2"), mended);
        }

        // What no block covers, and adds up, only the footer holds together.
        await RefusedAsync(_lines.Length - 1, "the file was changed", lines => Set(lines, tail, "note", "for me"), mended: false);
        await RefusedAsync(_lines.Length - 1, "footer counts", lines => Set(lines, _lines.Length - 1, "blocks", "9"), mended: false);
    }

    [Fact]
    public async Task Missing_swapped_and_cut_lines_are_named()
    {
        var (entry, block, price) = (Find("entry", nth: 8), Find("block", nth: 0), Find("usdPrice", nth: 0));
        foreach (var mended in new[] { false, true })
        {
            await RefusedAsync(entry, "The log goes from", lines => lines.RemoveAt(entry), mended);
            await RefusedAsync(entry, "The log goes from", lines => (lines[entry], lines[entry + 1]) = (lines[entry + 1], lines[entry]), mended);
            await RefusedAsync(entry + 1, "The log goes from", lines => lines.Insert(entry, lines[entry]), mended);
            await RefusedAsync(1, "there is no coin", lines => lines.RemoveAt(Find("launch", nth: 0)), mended, exact: false);
            await RefusedAsync(block, "it comes after block", lines => lines.RemoveAt(block), mended, exact: false);
            await RefusedAsync(price, "behind lines that belong behind", lines => lines.Insert(price - 1, lines[price]), mended, exact: false);
            await RefusedAsync(1, "second header", lines => lines.Insert(1, lines[0]), mended, exact: false);
            await RefusedAsync(0, "not the header", lines => lines.RemoveAt(0), mended);
        }

        await RefusedAsync(_lines.Length - 1, "ends here without a footer", lines => lines.RemoveAt(lines.Count - 1), mended: false);
        await RefusedAsync(_lines.Length, "behind the footer", lines => lines.Add(lines[^1]), mended: false);
        var text = string.Join('\n', _lines) + "\n";
        foreach (var length in new[] { 0, 1, text.Length / 3, text.Length / 2, text.Length - 1 })
        {
            await File.WriteAllTextAsync(_move.In("cut"), text[..length]);
            var line = 1 + text[..length].Count(character => character == '\n');
            Assert.StartsWith($"Line {line}: the file ends", await MovedLedger.ImportFaultAsync(_target, _move.In("cut")), StringComparison.Ordinal);
        }

        await UntouchedAsync();
    }

    [Fact]
    public async Task A_packed_file_that_was_cut_or_changed_is_refused()
    {
        var source = await _move.NewAsync(Engine.Sqlite);
        await BusyLedger.MakeAsync(source, steps: 60);
        var packed = await File.ReadAllBytesAsync(await _move.ExportAsync(source, "whole.gz"));
        for (var at = 20; at < packed.Length; at += packed.Length / 10)
        {
            await File.WriteAllBytesAsync(_move.In("cut.gz"), packed[..at]);
            Assert.StartsWith("Line ", await MovedLedger.ImportFaultAsync(_target, _move.In("cut.gz")), StringComparison.Ordinal);
            var changed = packed.ToArray();
            changed[at] ^= 0x10;
            await File.WriteAllBytesAsync(_move.In("changed.gz"), changed);
            Assert.StartsWith("Line ", await MovedLedger.ImportFaultAsync(_target, _move.In("changed.gz")), StringComparison.Ordinal);
        }

        await UntouchedAsync();
        Assert.Contains("cannot be read", await MovedLedger.ImportFaultAsync(_target, _move.In("nothing")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_changed_byte_is_found()
    {
        var bytes = Encoding.UTF8.GetBytes(string.Join('\n', _lines) + "\n");
        var random = new Random(5);
        for (var i = 0; i < 200; i++)
        {
            var changed = bytes.ToArray();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(_move.In("changed"), changed);
            Assert.StartsWith("Line ", await MovedLedger.ImportFaultAsync(_target, _move.In("changed")), StringComparison.Ordinal);
        }

        await UntouchedAsync();
    }

    [Fact]
    public async Task Another_authority_than_the_pinned_one_is_refused()
    {
        await File.WriteAllLinesAsync(_move.In("good"), _lines);
        var key = Convert.FromHexString((string)JsonNode.Parse(_lines[0])!["authorities"]![0]!["publicKey"]!);

        Assert.Contains("Authority 1 is not the pinned one", await MovedLedger.ImportFaultAsync(_target, _move.In("good"), new byte[32]), StringComparison.Ordinal);
        await UntouchedAsync();
        Assert.Contains("behind the last block are not signed", await MovedLedger.ImportFaultAsync(_target, _move.In("good"), key), StringComparison.Ordinal);
        await UntouchedAsync();
        var taken = await MovedLedger.ImportAsync(_target, new ImportLedger.Request(_move.In("good")) { PinnedAuthority = key, AcceptsUnsigned = true });
        Assert.True(taken.UnsignedEntries > 0);
        var empty = await _move.ExportAsync(await _move.NewAsync(Engine.Sqlite), "empty");
        Assert.Contains("There is no authority", await MovedLedger.ImportFaultAsync(await _move.NewAsync(Engine.Sqlite), empty, key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_still_to_come_and_what_nobody_can_launch_is_refused()
    {
        var (coin, fixedCoin) = (Find("launch", nth: 0), Find("launch", nth: 3));
        await RefusedAsync(coin, "was launched at", lines => Set(lines, 0, "takenAt", "0"), mended: true);
        var entry = Find("entry", nth: -1);
        await RefusedAsync(entry, "it was posted at 9999-12-31", lines => Set(lines, entry, "postedAt", "253402300799999"), mended: true);
        await RefusedAsync(coin, "cannot be launched so: Purchase control", lines => SetTerm(lines, coin, "purchaseControlFor", "10675199.02:48:05.4775807"), mended: true);
        await RefusedAsync(coin, "cannot be launched so: The creator's grant", lines => SetTerm(lines, coin, "genesis", "-5"), mended: true);
        await RefusedAsync(coin, "cannot be launched so: A coin's image", lines => Set(lines, coin, "image", "http://img.example/a.png"), mended: true);
        await RefusedAsync(fixedCoin, "cannot be launched so: A fixed supply", lines => Set(lines, fixedCoin, "supply", "0"), mended: true);
        await RefusedAsync(coin, "cannot be read", lines => Set(lines, coin, "terms", "null"), mended: true);

        // By the clock of the one who takes it, it is not yet the time at which it says it was taken.
        await File.WriteAllLinesAsync(_move.In("good"), _lines);
        var early = await _move.NewAsync(Engine.Sqlite);
        early.Clock.Advance(TimeSpan.FromDays(-100));
        var refused = await Assert.ThrowsAsync<ExitException>(() => early.Inside<ImportLedger>().ExecuteAsync(new(_move.In("good")), null, default));
        Assert.Contains("which is still to come", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_block_that_is_known_must_be_in_it()
    {
        await File.WriteAllLinesAsync(_move.In("good"), _lines);
        var block = JsonNode.Parse(_lines[Find("block", nth: 0)])!;
        var (height, hash) = (long.Parse((string)block["height"]!, CultureInfo.InvariantCulture), Convert.FromHexString((string)block["hash"]!));

        Assert.Contains("This is another chain", await WithAsync(new(height, new byte[32])), StringComparison.Ordinal);
        Assert.Contains("its end is missing", await WithAsync(new(99, hash)), StringComparison.Ordinal);
        await UntouchedAsync();
        Assert.Equal("", await WithAsync(new(height, hash)));

        async Task<string> WithAsync(VerifyLedger.KnownBlock known)
        {
            try
            {
                await MovedLedger.ImportAsync(_target, new ImportLedger.Request(_move.In("good")) { PinnedBlock = known });
                return "";
            }
            catch (ExitException refused)
            {
                return refused.Message;
            }
        }
    }

    [Fact]
    public async Task A_file_without_any_block_proves_nothing_of_the_pinned_authority()
    {
        var key = Convert.FromHexString((string)JsonNode.Parse(_lines[0])!["authorities"]![0]!["publicKey"]!);
        var lines = Mended([.. _lines.Where(line => !line.StartsWith("{\"type\":\"block\"", StringComparison.Ordinal))]);
        await File.WriteAllLinesAsync(_move.In("unsigned"), lines);

        Assert.Contains("are not signed by the pinned authority", await MovedLedger.ImportFaultAsync(_target, _move.In("unsigned"), key), StringComparison.Ordinal);
        await UntouchedAsync();
    }

    [Theory, EachEngine]
    public async Task A_ledger_that_is_not_empty_is_refused_and_stays_as_it_is(Engine engine)
    {
        await File.WriteAllLinesAsync(_move.In("good"), _lines);
        var used = await _move.NewAsync(engine);
        await used.LaunchAsync("PTM", 5);
        Assert.Contains("not empty: it has entries", await MovedLedger.ImportFaultAsync(used, _move.In("good")), StringComparison.Ordinal);
        Assert.Equal(1, await used.CheckAsync());

        var twice = await _move.NewAsync(engine);
        await MovedLedger.ImportAsync(twice, _move.In("good"));
        Assert.Contains("not empty", await MovedLedger.ImportFaultAsync(twice, _move.In("good")), StringComparison.Ordinal);
        Assert.Null((await MovedLedger.VerifyAsync(twice)).Fault);
    }

    [Theory, EachEngine]
    public async Task A_failure_in_the_middle_leaves_nothing(Engine engine)
    {
        // Only the store itself finds that an id is there twice, when most is written.
        var (first, last) = (Find("entry", nth: 3), Find("entry", nth: -1));
        var lines = _lines.ToList();
        Set(lines, last, "id", (string)JsonNode.Parse(lines[first])!["id"]!);
        await File.WriteAllLinesAsync(_move.In("twice"), Mended(lines));
        await File.WriteAllLinesAsync(_move.In("good"), _lines);
        var target = await _move.NewAsync(engine);

        Assert.Contains("Nothing was imported", await MovedLedger.ImportFaultAsync(target, _move.In("twice")), StringComparison.Ordinal);
        Assert.Equal(0, await target.CheckAsync());
        await MovedLedger.ImportAsync(target, _move.In("good"));
        Assert.Null((await MovedLedger.VerifyAsync(target)).Fault);
    }

    private int Find(string type, int nth)
    {
        var found = Enumerable.Range(0, _lines.Length).Where(i => _lines[i].StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal)).ToList();
        return found[nth < 0 ? found.Count + nth : nth];
    }

    private static void Set(List<string> lines, int line, string field, string value)
    {
        var json = JsonNode.Parse(lines[line])!;
        json[field] = value;
        lines[line] = json.ToJsonString();
    }

    private static void SetTerm(List<string> lines, int line, string term, string value)
    {
        var terms = JsonNode.Parse((string)JsonNode.Parse(lines[line])!["terms"]!)!;
        terms[term] = value;
        Set(lines, line, "terms", terms.ToJsonString());
    }

    /// <summary>The import says which line, counted from 0 here and from 1 there, and why.</summary>
    private async Task RefusedAsync(int line, string why, Action<List<string>> damage, bool mended, bool exact = true)
    {
        var lines = _lines.ToList();
        damage(lines);
        await File.WriteAllLinesAsync(_move.In("damaged"), mended ? Mended(lines) : lines);
        var said = await MovedLedger.ImportFaultAsync(_target, _move.In("damaged"));
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.StartsWith(exact ? $"Line {line + 1}: " : "Line ", said, StringComparison.Ordinal);
        await UntouchedAsync();
    }

    /// <summary>With a footer as whoever changed the file would make it.</summary>
    private static List<string> Mended(List<string> lines)
    {
        var mended = lines.ToList();
        var footer = JsonNode.Parse(mended[^1])!;
        foreach (var (field, type) in new[] { ("launches", "launch"), ("entries", "entry"), ("blocks", "block"), ("usdPrices", "usdPrice"), ("suspended", "suspended") })
            footer[field] = $"{mended.Count(line => line.StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal))}";
        footer["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(mended.SkipLast(1).Select(line => line + "\n")))));
        mended[^1] = footer.ToJsonString();
        return mended;
    }

    private async Task UntouchedAsync() => Assert.Equal(0, await _target.CheckAsync());
}
