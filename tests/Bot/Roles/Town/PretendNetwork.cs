using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Tests.Roles.Town;

/// <summary>A network with one log of transfers, in memory, as its API shows it: pages are short, and it can be down.</summary>
internal sealed class PretendNetwork : HttpMessageHandler
{
    private const int PageSize = 3;
    private readonly Lock _gate = new();
    private readonly List<Entry> _log = [];

    public sealed record Entry(long Position, string Coin, Guid? From, Guid? To, Amount Amount, DateTimeOffset At);

    /// <summary>Whose coins they are.</summary>
    public Dictionary<string, Guid> Creators { get; } = [];

    public bool IsDown { get; set; }

    public IReadOnlyList<Entry> Log
    {
        get
        {
            lock (_gate)
                return [.. _log];
        }
    }

    /// <param name="from">Null for the system's own account, which has any amount.</param>
    public Entry Post(string coin, Guid? from, Guid? to, Amount amount, DateTimeOffset at)
    {
        lock (_gate)
        {
            var entry = new Entry(_log.Count + 1, coin, from, to, amount, at);
            _log.Add(entry);
            return entry;
        }
    }

    public Amount BalanceOf(Guid account, string coin)
    {
        lock (_gate)
            return Balance(account, coin, long.MaxValue);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (IsDown)
                throw new HttpRequestException("down");
            return Task.FromResult(Answer(request.RequestUri!.AbsolutePath.Trim('/').Split('/'), System.Web.HttpUtility.ParseQueryString(request.RequestUri.Query)));
        }
    }

    private HttpResponseMessage Answer(string[] path, System.Collections.Specialized.NameValueCollection query)
    {
        switch (path)
        {
            case ["oauth2", "token"]:
                return Ok(new { access_token = "a-token", token_type = "Bearer", expires_in = 100_000_000 });
            case ["api", "coins", var symbol]:
                return Ok(new { symbol, name = symbol, creator = Creators[symbol], supply = "1" });
            case ["api", "accounts", var id, "balances"]:
                var account = Guid.Parse(id);
                return Ok(new { position = (long)_log.Count, balances = Creators.Keys.Select(coin => new { coin, amount = Balance(account, coin, long.MaxValue).ToString() }) });
            case ["api", "accounts", var id, "transfers"]:
                return Ok(History(Guid.Parse(id), query["coin"]!, query["before"] is { } before ? long.Parse(before, CultureInfo.InvariantCulture) : long.MaxValue));
            default:
                return new(HttpStatusCode.Forbidden);
        }
    }

    private object History(Guid account, string coin, long before)
    {
        var all = _log.Where(entry => entry.Coin == coin && (entry.From == account || entry.To == account) && entry.Position < before)
            .OrderByDescending(entry => entry.Position).ToList();
        return new
        {
            position = (long)_log.Count,
            transfers = all.Take(PageSize).Select(entry => new
            {
                position = entry.Position,
                kind = "transfer",
                from = entry.From,
                to = entry.To,
                amount = entry.Amount.ToString(),
                balanceAfter = Balance(account, coin, entry.Position).ToString(),
                postedAt = entry.At,
            }),
            next = all.Count > PageSize ? all[PageSize - 1].Position : (long?)null,
        };
    }

    private Amount Balance(Guid account, string coin, long upTo) => new(_log
        .Where(entry => entry.Coin == coin && entry.Position <= upTo)
        .Sum(entry => (entry.To == account ? entry.Amount.MinorUnits : 0) - (entry.From == account ? entry.Amount.MinorUnits : 0)));

    private static HttpResponseMessage Ok(object body) => new(HttpStatusCode.OK) { Content = JsonContent.Create(body) };
}
