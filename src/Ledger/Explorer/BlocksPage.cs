using Dapper;
using Microsoft.AspNetCore.Http;
using Rally.Ledger.Blocks;
using Rally.Storage;

namespace Rally.Ledger.Explorer;

/// <summary>/explorer/blocks: the signed chain, newest first, and one block of it.</summary>
internal sealed class BlocksPage(Database database)
{
    public async Task<IResult> ShowAsync(string? before, CancellationToken stop)
    {
        if (!Pager.TryBefore(before, out var below))
            return ExplorerPage.NoSuchPage(Paths.Blocks);
        var (blocks, authorities) = await database.ReadAsync(async connection => (
            (await connection.QueryAsync<Block>(new CommandDefinition(
                $"{Block.Select} WHERE height < @below ORDER BY height DESC LIMIT @most",
                new { below, most = (long)Pager.Entries }, cancellationToken: stop)).ConfigureAwait(false)).AsList(),
            await AuthorityChain.ReadAsync(connection, null, stop).ConfigureAwait(false)), stop).ConfigureAwait(false);
        long? older = blocks.Count > 0 && blocks[^1].Height > 1 ? blocks[^1].Height : null;
        return new ExplorerPage(
            "Blocks",
            $"""
            <p>The log is closed, range by range, into blocks. Each holds the hash of the one below it and is signed, so nobody can change what was posted without it showing.</p>
            {(blocks.Count == 0 ? (Html)$"<p>None is sealed yet.</p>" : Table(blocks))}
            {Pager.Links(Paths.Blocks, before is null, older)}
            {(authorities.Authorities.Count == 0 ? Html.Empty : Keys(authorities.Authorities))}
            """,
            Paths.Blocks);
    }

    public async Task<IResult> OneAsync(string text, CancellationToken stop)
    {
        var block = !long.TryParse(text, out var height) ? null : await database.ReadAsync(connection =>
            connection.QuerySingleOrDefaultAsync<Block>(new CommandDefinition(
                $"{Block.Select} WHERE height = @height", new { height }, cancellationToken: stop)), stop).ConfigureAwait(false);
        if (block is null)
            return ExplorerPage.NotFound("There is no such block", $"No block has the height “{text}”.");
        return new ExplorerPage(
            $"Block {block.Height}",
            $"""
            <dl>
              <dt>Entries</dt><dd><a href="{Paths.Log}?before={block.LastPosition + 1}">#{block.FirstPosition} to #{block.LastPosition}</a></dd>
              <dt>Sealed</dt><dd>{Show.Time(block.SealedAt)}</dd>
              <dt>Hash</dt><dd><code>{Hex(block.Hash)}</code></dd>
              <dt>Hash of the block below</dt><dd>{(block.Height > 1 ? (Html)$"<a href=\"{Paths.Block(block.Height - 1)}\"><code>{Hex(block.PreviousHash)}</code></a>" : $"none: this is the first")}</dd>
              <dt>Hash of its entries</dt><dd><code>{Hex(block.EntriesHash)}</code></dd>
              <dt>Signature, by key {block.Authority}</dt><dd><code>{Hex(block.Signature)}</code></dd>
            </dl>
            <p><a href="/api/blocks/{block.Height}">All it covers, for programs</a></p>
            """,
            Paths.Blocks);
    }

    private static Html Table(List<Block> blocks) => $"""
        <table>
          <caption>Signed blocks, newest first</caption>
          <thead><tr><th scope="col">Block</th><th scope="col">Entries</th><th scope="col">Sealed</th></tr></thead>
          <tbody>{blocks.Select(Row)}</tbody>
        </table>
        """;

    private static Html Row(Block block) => $"""
        <tr>
          <td><a href="{Paths.Block(block.Height)}" aria-label="Block {block.Height}">{block.Height}</a></td>
          <td>#{block.FirstPosition} to #{block.LastPosition}</td>
          <td>{Show.Time(block.SealedAt)}</td>
        </tr>
        """;

    private static Html Keys(IReadOnlyList<Authority> authorities) => $"""
        <h2>Keys</h2>
        <p>Ed25519 public keys that blocks are signed with. Each but the first was introduced by the one before it.</p>
        <dl>{authorities.Select(authority => (Html)$"<dt>Key {authority.Number}, from block {authority.FirstHeight} on</dt><dd><code>{Hex(authority.PublicKey)}</code></dd>")}</dl>
        """;

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
