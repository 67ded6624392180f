using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Ledger.Tests.Exit;
using Rally.Storage;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>Our exports against a verifier that was written from docs/export.md and docs/chain.md, on node's cryptography.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Node_finds_an_export_right_and_each_change_of_it()
    {
        await using var move = new MovedLedger();
        var ledger = await move.NewAsync(Engine.Sqlite);
        await BusyLedger.MakeAsync(ledger, steps: 300);
        var file = await move.ExportAsync(ledger, "export.jsonl");
        var lines = await File.ReadAllLinesAsync(file);
        var pinned = (string)JsonNode.Parse(lines[0])!["authorities"]![0]!["publicKey"]!;

        var report = await ReportAsync(file, pinned);
        var verified = await MovedLedger.VerifyAsync(ledger);

        Assert.Empty(Faults(report));
        Assert.Equal(($"{verified.Position}", $"{verified.Height}", verified.Authority), ((string?)report["entries"], (string?)report["blocks"], pinned));
        Assert.NotEqual("0", (string?)report["unsealed"]);
        Assert.Contains("line 1: authority 1 is not the pinned one", Faults(await ReportAsync(file, new string('0', 64))));
        var noted = Array.FindIndex(lines, line => line.Contains("\"note\":\"", StringComparison.Ordinal));
        lines[noted] = lines[noted].Replace("\"note\":\"", "\"note\":\"not ", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(move.In("changed.jsonl"), lines);
        Assert.Contains(Faults(await ReportAsync(move.In("changed.jsonl"), pinned)), fault => fault.EndsWith("block 1 is not signed by authority 1", StringComparison.Ordinal));
    }

    private static async Task<JsonNode> ReportAsync(string file, string pinned) => JsonNode.Parse(await NodePeer.RunAsync("export.mjs", file, pinned))!;

    private static string[] Faults(JsonNode report) => report["faults"].Deserialize<string[]>()!;
}
