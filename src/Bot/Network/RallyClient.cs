using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Network;

/// <summary>
/// The network's HTTP API as the bot uses it, and the only way its features reach the network. Reads go out with the
/// bot's own token, transfers with the fan's.
/// </summary>
internal sealed class RallyClient(HttpClient http, Installation installation, AppToken appToken, TimeProvider time)
{
    private const int LargestPage = 1_000;

    /// <summary>All coins but RLY. They are public; the bot's own token sets it apart from everybody else at this address.</summary>
    /// <exception cref="NetworkException">The network is out of reach or answers what the API does not promise.</exception>
    public async Task<IReadOnlyList<Coin>> ListCoinsAsync(CancellationToken stop)
    {
        var coins = new List<Coin>();
        for (string? next = ""; next is not null;)
        {
            using var answer = await SendAsOwnAsync(HttpMethod.Get, $"api/coins?limit={LargestPage}{next}", null, stop);
            var page = await ReadAsync<CoinList>(answer, stop);
            coins.AddRange(page.Coins);
            next = page.Next is null ? null : $"&after={page.Next}";
        }

        return coins;
    }

    /// <returns>Null when there is no such coin.</returns>
    public async Task<Coin?> FindCoinAsync(string symbol, CancellationToken stop)
    {
        using var answer = await SendAsOwnAsync(HttpMethod.Get, $"api/coins/{Uri.EscapeDataString(symbol)}", null, stop);
        return answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest ? null : await ReadAsync<Coin>(answer, stop);
    }

    public async Task<HoldingsAnswer> ReadHoldingsAsync(Guid rallyId, CancellationToken stop)
    {
        using var answer = await SendAsOwnAsync(HttpMethod.Get, $"api/accounts/{rallyId}/balances", null, stop);
        if (answer.StatusCode == HttpStatusCode.Forbidden)
            return new HoldingsAnswer.NotAllowed();
        var list = await ReadAsync<BalanceList>(answer, stop);
        return new HoldingsAnswer.Read(new(list.Position, list.Balances.ToDictionary(b => b.Coin, b => Parse(b.Amount))));
    }

    /// <summary>The network's log from after a position on. It is public; the bot's own token sets it apart from everybody else at this address.</summary>
    public async Task<LogPage> ReadLogAsync(long after, int limit, CancellationToken stop)
    {
        using var answer = await SendAsOwnAsync(HttpMethod.Get, $"api/transfers?after={after}&limit={limit}", null, stop);
        return await ReadAsync<LogPage>(answer, stop);
    }

    /// <summary>What went to and from an account, newest first.</summary>
    /// <param name="coin">Only of this one; null for all.</param>
    /// <param name="before">The <c>Next</c> of the page before; null for the newest.</param>
    /// <returns>Null when the network does not let the bot see the account.</returns>
    public async Task<HistoryPage?> ReadHistoryAsync(Guid rallyId, string? coin, long? before, int limit, CancellationToken stop)
    {
        var (only, older) = (coin is null ? "" : $"&coin={Uri.EscapeDataString(coin)}", before is null ? "" : $"&before={before}");
        using var answer = await SendAsOwnAsync(HttpMethod.Get, $"api/accounts/{rallyId}/transfers?limit={limit}{only}{older}", null, stop);
        return answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound ? null : await ReadAsync<HistoryPage>(answer, stop);
    }

    /// <summary>How long an account has had what it has linked, for rules about a link's age.</summary>
    public async Task<LinksAnswer> ReadLinksAsync(Guid rallyId, CancellationToken stop)
    {
        using var answer = await SendAsOwnAsync(HttpMethod.Get, $"api/accounts/{rallyId}/links", null, stop);
        return answer.StatusCode == HttpStatusCode.Forbidden
            ? new LinksAnswer.NotAllowed()
            : new LinksAnswer.Read((await ReadAsync<LinkList>(answer, stop)).Links);
    }

    /// <summary>Sends coins as the fan; the same <paramref name="id"/> again gives the first answer again.</summary>
    public async Task<SendAnswer> SendCoinsAsync(
        string fanToken, Guid id, Guid from, Guid to, string coin, Amount amount, string? note, CancellationToken stop)
    {
        var body = new { id, from, to, coin, amount = amount.ToString(), note };
        using var answer = await SendAsync(HttpMethod.Post, "api/transfers", body, fanToken, stop);
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            return new SendAnswer.NotAllowed();
        if (answer.IsSuccessStatusCode)
        {
            var sent = await ReadAsync<TransferAnswer>(answer, stop);
            return new SendAnswer.Sent(sent.Id, sent.Position, Parse(sent.BalanceAfter));
        }

        if (answer.StatusCode is not (HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest or HttpStatusCode.Conflict))
            throw Unexpected(answer);
        var problem = await ReadProblemAsync(answer, stop) ?? throw Unexpected(answer);
        return problem switch
        {
            { Type: "urn:rally:insufficient-funds", Available: { } available } => new SendAnswer.TooLittle(Parse(available)),
            { Type: "urn:rally:over-allowance", Remaining: { } remaining } => new SendAnswer.OverAllowance(Parse(remaining)),
            { Type: "urn:rally:coin-suspended" } => new SendAnswer.CoinSuspended(),
            _ => new SendAnswer.Refused(problem.Detail ?? problem.Title ?? "no reason given"),
        };
    }

    /// <summary>Tells that people gained or lost roles; the same again gets the same answers.</summary>
    /// <param name="reports">At most <see cref="TierReport.MostTogether"/>, in the order in which they are to be told.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<ReportsAnswer> ReportTiersAsync(IReadOnlyList<TierReport> reports, CancellationToken stop)
    {
        using var answer = await SendAsOwnAsync(HttpMethod.Post, "api/tier-changes", new
        {
            reports = reports.Select(report => new
            {
                report.Id,
                report.Coin,
                account = report.RallyId,
                platform = "discord",
                place = $"{report.GuildId}",
                role = $"{report.RoleId}",
                report.Change,
                happenedAt = report.At,
            }),
        }, stop);
        // What is no answer to each is about none of the reports.
        return answer.StatusCode switch
        {
            HttpStatusCode.OK when await ReadAsync<ReportResults>(answer, stop) is { Results: { } results } && results.Count == reports.Count =>
                new ReportsAnswer.Told([.. results.Select(result => result.Problem is { } problem ? problem.Detail ?? problem.Title ?? "no reason given" : null)]),
            HttpStatusCode.OK => NotNow("It has not answered each report."),
            HttpStatusCode.Forbidden => NotNow("It does not let the bot do so. Its operator registers the bot again (register-client)."),
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => NotNow("It does not know such reports; it is of an older version than the bot."),
            _ => NotNow(Unexpected(answer).Message),
        };

        ReportsAnswer.NotNow NotNow(string reason) => new(reason, RallyHttp.AskedFor(answer, time));
    }

    /// <returns>Null when the token is no longer good.</returns>
    public async Task<RallyUser?> FindUserAsync(string fanToken, CancellationToken stop)
    {
        using var answer = await SendAsync(HttpMethod.Get, "oauth2/userinfo", null, fanToken, stop);
        return answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? null : await ReadAsync<RallyUser>(answer, stop);
    }

    /// <summary>Sends with the bot's own token; once more with a fresh one when the network no longer knows it.</summary>
    public async Task<HttpResponseMessage> SendAsOwnAsync(HttpMethod method, string path, object? body, CancellationToken stop)
    {
        var token = await appToken.GetAsync(stop);
        var answer = await SendAsync(method, path, body, token, stop);
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
            return answer;
        answer.Dispose();
        appToken.Forget(token);
        return await SendAsync(method, path, body, await appToken.GetAsync(stop), stop);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken stop)
    {
        if (!answer.IsSuccessStatusCode)
            throw Unexpected(answer);
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(stop) ?? throw Unexpected(answer);
        }
        catch (JsonException wrong)
        {
            throw new NetworkException("The Rally network answered something that is not its API.", wrong);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body, string? token, CancellationToken stop)
    {
        var known = await installation.GetAsync(stop);
        using var request = new HttpRequestMessage(method, new Uri(known.NetworkUrl, path));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            return await http.SendAsync(request, stop);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            throw new NetworkException("The Rally network cannot be reached.", fault);
        }
    }

    /// <returns>Null when the answer is none: what stands between may answer with a page of its own.</returns>
    private static async Task<Problem?> ReadProblemAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<Problem>(stop);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="NetworkException">It is no amount.</exception>
    public static Amount Parse(string text) =>
        Amount.TryParse(text, out var amount) ? amount : throw new NetworkException($"The Rally network gave '{text}' as an amount.");

    private static NetworkException Unexpected(HttpResponseMessage answer) =>
        new($"The Rally network answered {(int)answer.StatusCode} to {answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri?.AbsolutePath}.");

    private sealed record CoinList(IReadOnlyList<Coin> Coins, string? Next);

    private sealed record LinkList(IReadOnlyList<LinkAge> Links);

    private sealed record BalanceList(long Position, IReadOnlyList<Balance> Balances);

    private sealed record Balance(string Coin, string Amount);

    private sealed record TransferAnswer(Guid Id, long Position, string BalanceAfter);

    private sealed record ReportResults(IReadOnlyList<ReportResult>? Results);

    private sealed record ReportResult(Problem? Problem);

    private sealed record Problem(string? Type, string? Title, string? Detail, string? Available, string? Remaining);
}
