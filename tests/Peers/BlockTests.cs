using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>Our blocks against a verifier that was written from docs/chain.md, on node's cryptography.</summary>
public sealed class BlockTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly Guid Holder = new("0198c5a4-0000-7000-8000-0000000000aa");

    private static readonly LaunchRow[] Launches =
    [
        new("RLY", "Rally", null, null, "base", 0, "{}", false, 0, Time),
        new("PTM", "Portemonnaie ✓", "https://img.example/ü.png", Holder, "linear", 0, """{"genesis":"5"}""", true, 0, Time),
        new("ZZ", "Zz", "", Holder, "fixed", 5_000_000, "{}", false, 2, Time.AddMinutes(1)),
    ];

    private static readonly WordsKey Words = new(new byte[WordsKey.Size]);

    private static readonly LogRow[] Entries =
    [
        new(1, new("0198c5a4-1234-7abc-8def-00112233445a"), AccountKey.Mint("PTM"), AccountKey.Of(Holder, "PTM"), 7, "genesis", 0, Time, -7, 7,
            null, null),
        new(2, new("f198c5a4-1234-7abc-8def-00112233445b"), AccountKey.Of(Holder, "RLY"), new(null, "RLY", "reserve:PTM"), long.MaxValue, "buy",
            0, Time.AddMilliseconds(1), long.MinValue, 0, Words.Commit(new("f198c5a4-1234-7abc-8def-00112233445b"), "für dich 🎁", "order 7"), """{"amount":"1"}"""),
        new(3, new("0198c5a4-1234-7abc-8def-00112233445c"), AccountKey.Mint("PTM"), AccountKey.Of(Holder, "PTM"), 1, "buy", 1, Time, -8, 8,
            null, ""),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly AuthorityPrivateKey _first = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);
    private readonly AuthorityPrivateKey _second = new([.. Enumerable.Range(2, 32).Select(i => (byte)i)]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Node_comes_to_the_same_hashes_and_finds_signatures_and_introductions_right()
    {
        var (chain, hashes) = Chain();

        var (theirs, faults) = await VerifyAsync(chain);

        Assert.Equal(hashes, theirs);
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Node_finds_a_changed_entry_a_changed_launch_a_foreign_signature_and_a_forged_introduction()
    {
        Assert.Contains("block 1 is not signed by authority 1", await FaultsAsync(chain => chain["blocks"]![0]!["entries"]![1]!["words"] = new string('0', 64)));
        Assert.Contains("block 2 is not signed by authority 2", await FaultsAsync(chain => chain["blocks"]![1]!["launches"]![0]!["supply"] = "1"));
        Assert.Contains(
            "block 2 is not signed by authority 2",
            await FaultsAsync(chain => chain["blocks"]![1]!["signature"] = (string)chain["blocks"]![0]!["signature"]!));
        Assert.Contains("authority 2 was not introduced", await FaultsAsync(chain => chain["authorities"]![1]!["firstHeight"] = "1"));
        Assert.Contains("authority 1 is not the pinned one", await FaultsAsync(chain => chain["pinned"] = Hex(_second.PublicKey)));
    }

    private async Task<string[]> FaultsAsync(Action<JsonNode> change)
    {
        var (chain, _) = Chain();
        change(chain);
        return (await VerifyAsync(chain)).Faults;
    }

    private async Task<(string[] Hashes, string[] Faults)> VerifyAsync(JsonNode chain)
    {
        var file = Path.Combine(_folder.Path, "chain.json");
        await File.WriteAllTextAsync(file, chain.ToJsonString());
        var report = JsonNode.Parse(await NodePeer.RunAsync("blocks.mjs", file))!;
        return (report["hashes"].Deserialize<string[]>()!, report["faults"].Deserialize<string[]>()!);
    }

    /// <summary>Two blocks: positions 1 and 2 by the first key, 3 by the second.</summary>
    private (JsonNode Chain, string[] Hashes) Chain()
    {
        var first = new BlockHeader(1, BlockHeader.NoPreviousHash, 1, 2, Time, EntriesHash(0, 2), 1);
        var second = new BlockHeader(2, first.ComputeHash(), 3, 3, Time.AddHours(1), EntriesHash(2, 3), 2);
        var introduction = _first.Sign(Authority.IntroductionBytes(2, 2, _second.PublicKey));
        var chain = new JsonObject
        {
            ["pinned"] = Hex(_first.PublicKey),
            ["authorities"] = new JsonArray(
                new JsonObject { ["number"] = "1", ["firstHeight"] = "1", ["publicKey"] = Hex(_first.PublicKey), ["introduction"] = null },
                new JsonObject { ["number"] = "2", ["firstHeight"] = "2", ["publicKey"] = Hex(_second.PublicKey), ["introduction"] = Hex(introduction) }),
            ["blocks"] = new JsonArray(Block(first, _first, 0, 2), Block(second, _second, 2, 3)),
        };
        return (chain, [Hex(first.ComputeHash()), Hex(second.ComputeHash())]);
    }

    private static byte[] EntriesHash(int from, int to)
    {
        using var hasher = new EntriesHasher(from + 1, Launches.Where(launch => launch.LaunchedAfter >= from && launch.LaunchedAfter < to));
        foreach (var entry in Entries[from..to])
            hasher.Add(entry);
        return hasher.Finish();
    }

    private static JsonObject Block(BlockHeader header, AuthorityPrivateKey key, int from, int to) => new()
    {
        ["height"] = Text(header.Height),
        ["previousHash"] = Hex(header.PreviousHash),
        ["firstPosition"] = Text(header.FirstPosition),
        ["lastPosition"] = Text(header.LastPosition),
        ["sealedAt"] = Text(header.SealedAt.ToUnixTimeMilliseconds()),
        ["authority"] = Text(header.Authority),
        ["signature"] = Hex(key.Sign(header.ToCanonicalBytes())),
        ["launches"] = new JsonArray([.. Launches.Where(launch => launch.LaunchedAfter >= from && launch.LaunchedAfter < to).Select(Json)]),
        ["entries"] = new JsonArray([.. Entries[from..to].Select(Json)]),
    };

    private static JsonObject Json(LaunchRow launch) => new()
    {
        ["symbol"] = launch.Symbol,
        ["name"] = launch.Name,
        ["image"] = launch.Image,
        ["creator"] = launch.Creator?.ToString(),
        ["curve"] = launch.Curve,
        ["supply"] = Text(launch.Supply),
        ["terms"] = launch.Terms,
        ["rewards"] = launch.Rewards ? "1" : "0",
        ["launchedAfter"] = Text(launch.LaunchedAfter),
        ["launchedAt"] = Text(launch.LaunchedAt.ToUnixTimeMilliseconds()),
    };

    private static JsonObject Json(LogRow entry) => new()
    {
        ["position"] = Text(entry.Position),
        ["id"] = entry.Id.ToString(),
        ["debit"] = Name(entry.Debit),
        ["credit"] = Name(entry.Credit),
        ["amount"] = Text(entry.Amount),
        ["kind"] = entry.Kind,
        ["link"] = Text(entry.Link),
        ["postedAt"] = Text(entry.PostedAt.ToUnixTimeMilliseconds()),
        ["debitBalance"] = Text(entry.DebitBalance),
        ["creditBalance"] = Text(entry.CreditBalance),
        ["words"] = entry.Words is { } words ? Hex(words) : null,
        ["details"] = entry.Details,
    };

    private static string Name(AccountKey account) =>
        account.Holder is { } holder ? $"{account.Coin}/holder/{holder}" : $"{account.Coin}/{account.Kind}";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
