using System.Security.Cryptography;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;
using Xunit;

namespace Rally.Ledger.Tests.Blocks;

/// <summary>The known answers were computed with Python's struct, hmac and hashlib from docs/chain.md.</summary>
public sealed class CanonicalTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly Guid Holder = new("0198c5a4-0000-7000-8000-0000000000aa");

    private static readonly WordsKey Key = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    private static readonly LogRow Issue = new(
        1, new("0198c5a4-1234-7abc-8def-00112233445a"), AccountKey.Mint("PTM"), AccountKey.Of(Holder, "PTM"), 1_000_000, "issue", 0, Time,
        -1_000_000, 1_000_000, Words: null, Details: null);

    private static readonly LogRow Largest = new(
        2, new("0198c5a4-1234-7abc-8def-00112233445b"), AccountKey.Of(Holder, "PTM"), new(null, "RLY", "reserve:PTM"), long.MaxValue,
        "transfer", 1, Time.AddMilliseconds(1), 0, long.MinValue, Key.Commit(new("0198c5a4-1234-7abc-8def-00112233445b"), "für dich ✓", "order 7"), """{"to":"x"}""");

    private static readonly LaunchRow Linear = new("PTM", "Portemonnaie ✓", null, Holder, "linear", 0, """{"a":1}""", true, 0, Time);

    private static readonly LaunchRow Fixed = new(
        "ABC", "Abc", "https://img.example/a.png", null, "fixed", 5_000_000, "{}", false, 0, Time);

    private static readonly LaunchRow Later = new("ZZ", "Zz", "", Holder, "fixed", 1, "{}", false, 1, Time);

    [Fact]
    public void An_entry_without_note_or_details_has_the_known_bytes() => Assert.Equal(
        "00000000000000010198c5a412347abc8def00112233445a0000000850544d2f6d696e740000002f50544d2f686f6c6465722f303139386335" +
        "61342d303030302d373030302d383030302d30303030303030303030616100000000000f424000000005697373756500000000000000000000" +
        "019b7ca98f2efffffffffff0bdc000000000000f4240ffffffffffffffff",
        Hex(Issue));

    [Fact]
    public void An_entry_with_everything_and_the_largest_numbers_has_the_known_bytes() => Assert.Equal(
        "00000000000000020198c5a412347abc8def00112233445b0000002f50544d2f686f6c6465722f30313938633561342d303030302d37303030" +
        "2d383030302d3030303030303030303061610000000f524c592f726573657276653a50544d7fffffffffffffff000000087472616e73666572" +
        "00000000000000010000019b7ca98f2f00000000000000008000000000000000000000205ad2de3cd088af639f6d88fc273033eeb092f08771" +
        "452d6b746dea7b37cd20100000000a7b22746f223a2278227d",
        Hex(Largest));

    [Fact]
    public void A_launch_has_the_known_bytes()
    {
        Assert.Equal(
            "0000000350544d00000010506f7274656d6f6e6e61696520e29c93ffffffff000000100198c5a40000700080000000000000aa000000066c69" +
            "6e6561720000000000000000000000077b2261223a317d000000000000000100000000000000000000019b7ca98f2e",
            Convert.ToHexStringLower(CanonicalLaunch.ToBytes(Linear)));
        Assert.Equal(
            "00000003414243000000034162630000001968747470733a2f2f696d672e6578616d706c652f612e706e67ffffffff00000005666978656400" +
            "000000004c4b40000000027b7d000000000000000000000000000000000000019b7ca98f2e",
            Convert.ToHexStringLower(CanonicalLaunch.ToBytes(Fixed)));
    }

    [Fact]
    public void Entries_hash_in_order_with_launches_in_front_of_the_first_entry_behind_them()
    {
        using var hasher = new EntriesHasher(1, [Later, Linear, Fixed]);
        hasher.Add(Issue);
        hasher.Add(Largest);

        Assert.Equal("410a6778778a3957c2fab5475698a072a474d9566fb62edbae746d7a84cd7029", Convert.ToHexStringLower(hasher.Finish()));
    }

    [Fact]
    public void Every_field_changes_the_hash()
    {
        var changed = new[]
        {
            Issue with { Id = Holder },
            Issue with { Debit = AccountKey.Mint("PTN") },
            Issue with { Debit = AccountKey.Of(Guid.Empty, "PTM") },
            Issue with { Credit = AccountKey.Of(Issue.Id, "PTM") },
            Issue with { Amount = 1_000_001 },
            Issue with { Kind = "buy" },
            Issue with { Link = 1 },
            Issue with { PostedAt = Time.AddMilliseconds(1) },
            Issue with { DebitBalance = -1 },
            Issue with { CreditBalance = 1 },
            Issue with { Words = Key.Commit(Issue.Id, "n", "") },
            Issue with { Words = Key.Commit(Issue.Id, "", "n") },
            Issue with { Words = Key.Commit(Holder, "n", "") },
            Issue with { Details = "" },
            Issue with { Details = "n" },
        };

        var hashes = changed.Prepend(Issue).Select(row => Hash(row)).ToList();
        hashes.Add(Hash(Issue, Fixed));
        hashes.Add(Hash(Issue, Linear));
        LaunchRow[] otherLaunches =
        [
            Linear with { Symbol = "PTN" }, Linear with { Name = "P" }, Linear with { Image = "" }, Linear with { Creator = null },
            Linear with { Curve = "sigmoid" }, Linear with { Supply = 1 }, Linear with { Terms = "{}" }, Linear with { Rewards = false },
            Linear with { LaunchedAt = Time.AddMilliseconds(1) },
        ];
        hashes.AddRange(otherLaunches.Select(launch => Hash(Issue, launch)));

        Assert.Equal(hashes.Count, hashes.Distinct().Count());
    }

    [Fact]
    public void An_entry_without_words_commits_to_none() => Assert.Null(Key.Commit(Issue.Id, "", ""));

    [Fact]
    public void An_entry_larger_than_the_stack_takes_is_hashed_in_full()
    {
        var row = Issue with { Details = new string('é', 100_000) };
        var bytes = new byte[CanonicalEntry.SizeOf(row)];
        Assert.Equal(bytes.Length, CanonicalEntry.Write(row, bytes));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData([2, .. bytes])), Hash(row));
    }

    [Fact]
    public void An_entry_of_usual_size_is_hashed_without_allocating()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var row = Largest;
        CanonicalEntry.AppendTo(hash, 2, row);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            CanonicalEntry.AppendTo(hash, 2, row);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Gaps_empty_blocks_and_launches_of_other_blocks_are_refused()
    {
        using var hasher = new EntriesHasher(1, []);
        Assert.Throws<InvalidOperationException>(hasher.Finish);
        Assert.Throws<ArgumentException>(() => hasher.Add(Largest));
        hasher.Add(Issue);
        Assert.Throws<ArgumentException>(() => hasher.Add(Issue));

        Assert.Throws<ArgumentException>(() => new EntriesHasher(2, [Linear]));
        using var tooEarly = new EntriesHasher(1, [Later]);
        tooEarly.Add(Issue);
        Assert.Throws<InvalidOperationException>(tooEarly.Finish);
    }

    private static string Hex(in LogRow row)
    {
        var bytes = new byte[CanonicalEntry.SizeOf(row)];
        Assert.Equal(bytes.Length, CanonicalEntry.Write(row, bytes));
        return Convert.ToHexStringLower(bytes);
    }

    private static string Hash(in LogRow row, params LaunchRow[] launches)
    {
        using var hasher = new EntriesHasher(row.Position, launches);
        hasher.Add(row);
        return Convert.ToHexStringLower(hasher.Finish());
    }
}
