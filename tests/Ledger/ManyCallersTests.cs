using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>Random work against a model that knows nothing of batches or stores.</summary>
public sealed class ManyCallersTests
{
    private static readonly string[] Coins = ["PTM", "KSK", "ALLIE"];

    [Theory, EachEngine]
    public async Task Answers_are_those_of_a_simple_model_whatever_the_batches(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine, largestBatch: 97);
        var (model, people) = await PeopleWithCoinsAsync(ledger, 6);
        var random = new Random(20_260_102);
        var sent = new List<TransferOrder[]>();
        var expected = new List<string>();
        var answers = new List<Task<PostResult>>();

        for (var i = 0; i < 2_000; i++)
        {
            TransferOrder[] orders = random.Next(10) switch
            {
                0 when sent.Count > 0 => sent[random.Next(sent.Count)],
                1 when sent.Count > 0 => [Altered(sent[random.Next(sent.Count)][0])],
                2 => [Any(ledger, random, people), Any(ledger, random, people), Any(ledger, random, people)],
                _ => [Any(ledger, random, people)],
            };
            sent.Add(orders);
            expected.Add(model.Apply(orders));
            answers.Add(ledger.PostAsync(orders)); // queued in this order; not awaited, so batches form as they will
        }

        Assert.Equal(expected, (await Task.WhenAll(answers)).Select(Model.Describe));
        Assert.True(expected.Distinct().Count() > 100, "the random work was too tame");
        Assert.Equal(model.Position, await ledger.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task Two_hundred_and_fifty_six_callers_at_once_agree_with_the_log(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (model, people) = await PeopleWithCoinsAsync(ledger, 40);
        var issued = model.Position;

        var answers = (await Task.WhenAll(Enumerable.Range(0, 256).Select(caller => Task.Run(async () =>
        {
            var random = new Random(caller);
            var own = new List<(TransferOrder Order, PostResult Result)>();
            for (var i = 0; i < 20; i++)
            {
                var order = Any(ledger, random, people);
                own.Add((order, await ledger.PostAsync(order)));
            }

            return own;
        })))).SelectMany(own => own).ToList();

        var last = await ledger.CheckAsync();
        var log = await ledger.Feed.ReadAsync(issued, 10_000, default);
        var posted = answers.Where(answer => answer.Result is PostResult.Posted)
            .Select(answer => ((PostResult.Posted)answer.Result).Entries[0])
            .OrderBy(entry => entry.Position)
            .ToList();
        Assert.Equal(posted.Select(entry => entry.ToPosted()), log);
        Assert.Equal(last, issued + log.Count);
        // Each acknowledged transfer, replayed in the log's order, leaves in the model what its caller was told.
        Assert.All(posted, entry => Assert.Equal(Model.Describe(new PostResult.Posted([entry], false)), model.Apply(entry.Order)));
        Assert.All(answers.Where(answer => answer.Result is not PostResult.Posted), answer =>
        {
            var refused = Assert.IsAssignableFrom<PostResult.Refused>(answer.Result);
            Assert.True(refused is PostResult.SameAccount || (refused is PostResult.InsufficientFunds f && f.Available < answer.Order.Amount));
        });
        Assert.InRange(posted.Count, 1_000, answers.Count - 100);
    }

    [PostgresFact]
    public async Task Two_processes_share_one_gap_free_log()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var one = await TestLedger.OpenAsync(store.Setting);
        await using var other = await TestLedger.OpenAsync(store.Setting, largestBatch: 7);
        var (model, people) = await PeopleWithCoinsAsync(one, 10);
        var random = new Random(7);
        var orders = Enumerable.Range(0, 600).Select(_ => Any(one, random, people)).ToList();

        // Every third order goes to both, as when a caller that got no answer tries the other process.
        var answers = await Task.WhenAll(orders.SelectMany((order, i) => (i % 3) switch
        {
            0 => new[] { one.PostAsync(order), other.PostAsync(order) },
            1 => [one.PostAsync(order)],
            _ => [other.PostAsync(order)],
        }));

        var posted = answers.OfType<PostResult.Posted>().ToList();
        var first = posted.Where(answer => !answer.Repeated).Select(answer => answer.Entries[0]).ToList();
        Assert.Equal(first.Count, first.DistinctBy(entry => entry.Order.Id).Count());
        Assert.Contains(posted, answer => answer.Repeated);
        Assert.Equal(model.Position + first.Count, await one.CheckAsync());
        Assert.Equal(
            first.OrderBy(entry => entry.Position).Select(entry => entry.ToPosted()),
            await other.Feed.ReadAsync(model.Position, 10_000, default));
    }

    [PostgresFact]
    public async Task A_symbol_wanted_by_two_processes_at_once_is_launched_once()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var one = await TestLedger.OpenAsync(store.Setting);
        await using var other = await TestLedger.OpenAsync(store.Setting);

        var results = await Task.WhenAll(new[] { one, other }.Select(ledger =>
            ledger.LaunchCoin.ExecuteAsync(LaunchCoin.Request.Fixed("PTM", "Potemkin", Guid.NewGuid(), Amount.Coins(1_000)), default)));

        var launched = Assert.Single(results.OfType<LaunchCoin.Result.Launched>());
        Assert.Equal(launched.Coin, Assert.Single(results.OfType<LaunchCoin.Result.AlreadyLaunched>()).Existing);
        Assert.Equal(1, await other.CheckAsync());
    }

    private static async Task<(Model Model, Guid[] People)> PeopleWithCoinsAsync(TestLedger ledger, int count)
    {
        var model = new Model();
        Guid[] people = [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid())];
        foreach (var coin in Coins)
        {
            var creator = await ledger.LaunchAsync(coin, 1_000);
            model.Credit(AccountKey.Of(creator, coin), Amount.Coins(1_000));
            TransferOrder[] shares = [.. people.Select(person => ledger.Order(creator, person, 1_000 / count, coin))];
            Assert.Equal(model.Apply(shares), Model.Describe(await ledger.PostAsync(shares)));
        }

        return (model, people);
    }

    private static TransferOrder Any(TestLedger ledger, Random random, Guid[] people) => ledger.Order(
        people[random.Next(people.Length)], people[random.Next(people.Length)], random.Next(1, 60), Coins[random.Next(Coins.Length)]);

    private static TransferOrder Altered(TransferOrder order) =>
        new(order.Id, order.Debit, order.Credit, order.Amount + new Amount(1), order.Kind, order.Note);

    /// <summary>What the ledger should do, written as plainly as can be: one order after another, copied before each command.</summary>
    private sealed class Model
    {
        private readonly Dictionary<Guid, (TransferOrder Order, string Line)> _log = [];
        private Dictionary<AccountKey, Amount> _balances = [];

        /// <summary>The three issues come first, one for each credit.</summary>
        public long Position { get; private set; }

        public static string Describe(PostResult result) => result switch
        {
            PostResult.Posted posted => string.Join(" ", posted.Entries.Select(entry =>
                $"{entry.Position}:{entry.DebitBalance}/{entry.CreditBalance}")) + (posted.Repeated ? " again" : ""),
            PostResult.InsufficientFunds tooLittle => $"has {tooLittle.Available}",
            _ => result.GetType().Name,
        };

        public void Credit(AccountKey account, Amount amount)
        {
            Position++;
            _balances[account] = amount;
        }

        public string Apply(params TransferOrder[] orders)
        {
            var known = orders.Where(order => _log.ContainsKey(order.Id)).ToList();
            if (known.Any(order => _log[order.Id].Order != order) || (known.Count > 0 && known.Count < orders.Length))
                return nameof(PostResult.IdConflict);
            if (known.Count > 0)
                return string.Join(" ", known.Select(order => _log[order.Id].Line)) + " again";

            var balances = new Dictionary<AccountKey, Amount>(_balances);
            var lines = new List<string>();
            foreach (var order in orders)
            {
                var available = balances.GetValueOrDefault(order.Debit);
                if (order.Debit == order.Credit)
                    return nameof(PostResult.SameAccount);
                if (available < order.Amount)
                    return $"has {available}";
                balances[order.Debit] = available - order.Amount;
                balances[order.Credit] = balances.GetValueOrDefault(order.Credit) + order.Amount;
                lines.Add($"{Position + lines.Count + 1}:{balances[order.Debit]}/{balances[order.Credit]}");
            }

            foreach (var (order, line) in orders.Zip(lines))
                _log.Add(order.Id, (order, line));
            _balances = balances;
            Position += lines.Count;
            return string.Join(" ", lines);
        }
    }
}
