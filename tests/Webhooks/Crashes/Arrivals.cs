using System.Text;
using Rally.Ledger.Journal;
using Rally.Webhooks.Signing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests.Crashes;

/// <summary>What one endpoint has received over all runs, against the log that it should have heard of.</summary>
internal sealed class Arrivals(string name, string? coin, WebhookSecret secret, IReadOnlyList<Receiver.Received> received)
{
    /// <summary>How many came again.</summary>
    public int Repeats => received.Count - received.Select(one => one.Id).Distinct().Count();

    public void Verify(IReadOnlyList<TransferPosted> log)
    {
        var (contents, first) = (new Dictionary<string, string>(), new List<long>());
        foreach (var one in received)
        {
            Assert.True(WebhookSignature.Verify([secret], one.Id, one.Timestamp, one.Body, one.Signature), $"{name}: the signature of {one.Id}");
            var body = Encoding.UTF8.GetString(one.Body);
            if (contents.TryAdd(one.Id, body))
                first.Add(one.Position);
            else
                Assert.Equal((name, one.Id, contents[one.Id]), (name, one.Id, body));
        }

        // Each place of the log that it asked for, once and in the log's order: so in order within each coin too.
        var wanted = log.Where(posted => coin is null || posted.Coin == coin).Select(posted => posted.Position).ToList();
        Assert.Equal(wanted, first);
        Assert.Equal(contents.Count, contents.Values.Distinct().Count());
    }
}
