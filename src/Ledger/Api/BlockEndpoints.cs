using System.Data.Common;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Rally.Ledger.Blocks;
using Rally.Storage;

namespace Rally.Ledger.Api;

/// <summary>The signed chain for everybody, in the terms of docs/chain.md: bytes in hexadecimal, integers as decimal strings.</summary>
internal static class BlockEndpoints
{
    private const int MostBlocks = 100;

    // Some thousand entries, with a commitment to the words of each.
    private const int FullBlockCost = 10;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/blocks", ListAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("listBlocks", "The signed chain's blocks", "By height; without what they cover.")
            .Produces<BlocksJson>().Refuses(400);
        api.MapGet("/blocks/{height}", GetAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("getBlock", "A block and all it covers", "Enough to compute its hash again, as docs/chain.md says. It never changes, so the answer may be kept: its ETag is the hash.")
            .Produces<FullBlockJson>().Produces(304).Refuses(404);
        api.MapGet("/authorities", AuthoritiesAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("listAuthorities", "The keys that sign blocks", "Each introduced by the one before it.")
            .Produces<AuthoritiesJson>();
        api.MapGet("/verification", (VerifyJob job) => TypedResults.Ok(new VerificationJson(job.Last))).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("getVerification", "The last verification", "What the last look at the whole ledger came to; null before the first.")
            .Produces<VerificationJson>();
    }

    /// <summary>A block without what it covers.</summary>
    public sealed record BlockJson(
        string Height, string PreviousHash, string FirstPosition, string LastPosition, string SealedAt, string EntriesHash, string Hash,
        string Authority, string Signature)
    {
        public static BlockJson Of(Block block) => new(
            Text(block.Height), Hex(block.PreviousHash), Text(block.FirstPosition), Text(block.LastPosition), Text(block.SealedAt.ToUnixTimeMilliseconds()),
            Hex(block.EntriesHash), Hex(block.Hash), Text(block.Authority), Hex(block.Signature));
    }

    public sealed record AuthorityJson(string Number, string PublicKey, string FirstHeight, string IntroducedAt, string? Introduction);

    public sealed record EntryJson(
        string Position, Guid Id, string Debit, string Credit, string Amount, string Kind, string Link, string PostedAt,
        string DebitBalance, string CreditBalance, string? Words, string? Details);

    public sealed record LaunchJson(
        string Symbol, string Name, string? Image, Guid? Creator, string Curve, string Supply, string Terms, string Rewards,
        string LaunchedAfter, string LaunchedAt);

    public sealed record BlocksJson(IEnumerable<BlockJson> Blocks, string? Next);

    public sealed record AuthoritiesJson(IEnumerable<AuthorityJson> Authorities);

    public sealed record VerificationJson(VerifyJob.Outcome? Last);

    public sealed record FullBlockJson(BlockJson Block, IEnumerable<LaunchJson> Launches, IEnumerable<EntryJson> Entries);

    private static async Task<IResult> ListAsync(
        [Asked(Asked.Number)] string? after, [Asked(Asked.Count, Most = MostBlocks, Otherwise = MostBlocks)] string? limit, Database database, CancellationToken stop)
    {
        var height = 0L;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out height))
            return Problems.BadRequest("'after' must be a block's height, 0 or more.");
        if (!Page.TryLimit(limit, out var most, MostBlocks))
            return Problems.BadRequest($"'limit' must be a whole number from 1 to {MostBlocks}.");
        var blocks = (await database.ReadAsync(connection => connection.QueryAsync<Block>(new CommandDefinition(
            $"{Block.Select} WHERE height > @height ORDER BY height LIMIT @most", new { height, most = most + 1L }, cancellationToken: stop)), stop)
            .ConfigureAwait(false)).AsList();
        return TypedResults.Ok(new BlocksJson(
            blocks.Take(most).Select(BlockJson.Of), blocks.Count > most ? Text(blocks[most - 1].Height) : null));
    }

    private static async Task<IResult> GetAsync(
        string height, HttpContext http, Database database, [FromKeyedServices(RateLimit.Reads)] RateLimit limit, CancellationToken stop)
    {
        if (!long.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted))
            return Problems.BlockNotFound(height);
        return await database.ReadAsync(async connection =>
        {
            var block = await connection.QuerySingleOrDefaultAsync<Block>(new CommandDefinition(
                $"{Block.Select} WHERE height = @wanted", new { wanted }, cancellationToken: stop)).ConfigureAwait(false);
            if (block is null)
                return Problems.BlockNotFound(height);
            var tag = new EntityTagHeaderValue($"\"{Hex(block.Hash)}\"");
            if (!http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
            {
                if (limit.Charge(http, FullBlockCost - 1) is { } refusal)
                    return refusal;
                var full = await ReadAsync(connection, block, stop).ConfigureAwait(false);
                Keep(http, tag);
                return TypedResults.Ok(full);
            }

            Keep(http, tag);
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }, stop).ConfigureAwait(false);
    }

    private static void Keep(HttpContext http, EntityTagHeaderValue tag)
    {
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.GetTypedHeaders().ETag = tag;
    }

    private static async Task<FullBlockJson> ReadAsync(DbConnection connection, Block block, CancellationToken stop)
    {
        var words = await WordsKey.FindAsync(connection, null).ConfigureAwait(false);
        var range = await BlockRange.ReadAsync(
            connection, null, block.FirstPosition - 1, block.LastPosition - block.FirstPosition + 1, stop).ConfigureAwait(false);
        return new(BlockJson.Of(block), [.. range!.Launches.Select(Json)], [.. range.Entries.Select(entry => Json(LogRow.Of(entry, words!)))]);
    }

    private static async Task<IResult> AuthoritiesAsync(Database database, CancellationToken stop)
    {
        var chain = await database.ReadAsync(connection => AuthorityChain.ReadAsync(connection, null, stop), stop).ConfigureAwait(false);
        return TypedResults.Ok(new AuthoritiesJson(chain.Authorities.Select(authority => new AuthorityJson(
            Text(authority.Number), Hex(authority.PublicKey), Text(authority.FirstHeight), Text(authority.IntroducedAt.ToUnixTimeMilliseconds()),
            authority.Introduction is { } introduction ? Hex(introduction) : null))));
    }

    private static EntryJson Json(LogRow row) => new(
        Text(row.Position), row.Id, row.Debit.ToString(), row.Credit.ToString(), Text(row.Amount), row.Kind, Text(row.Link),
        Text(row.PostedAt.ToUnixTimeMilliseconds()), Text(row.DebitBalance), Text(row.CreditBalance), row.Words is { } words ? Hex(words) : null, row.Details);

    private static LaunchJson Json(LaunchRow row) => new(
        row.Symbol, row.Name, row.Image, row.Creator, row.Curve, Text(row.Supply), row.Terms, row.Rewards ? "1" : "0",
        Text(row.LaunchedAfter), Text(row.LaunchedAt.ToUnixTimeMilliseconds()));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
