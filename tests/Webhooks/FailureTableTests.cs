using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>Receivers that fail in every way, each to its end: what is recorded of it, when it is tried again, what becomes of the event.</summary>
public sealed class FailureTableTests
{
    [Theory, EachEngine]
    public async Task Each_failure_is_recorded_tried_again_in_time_and_has_its_end_and_delays_nobody_else(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var elsewhere = await Receiver.StartAsync();
        await using var healthy = await Receiver.StartAsync();
        await using var sites = await FaultySites.StartAsync();
        var cases = new List<Case>();
        foreach (var fault in Fault.All(elsewhere, network.Clock))
            cases.Add(await Case.StartAsync(network, fault, sites));
        await network.SubscribeAsync(healthy.Url);

        await network.PostAsync();
        // No time has passed yet, and some of the others hang.
        await healthy.ArrivedAsync(1);
        foreach (var each in cases)
            await each.BeganAsync();
        while (cases.Where(each => each.Due is not null).Select(each => each.Due!.Value).Order().Take(1).ToList() is [var next])
        {
            await Eventually.TrueAsync(() => network.Clock.HasTimerDue(next), "something waits for its time");
            network.Clock.Jump(next - network.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1));
            foreach (var each in cases.Where(each => each.Due <= network.Clock.GetUtcNow()))
                await each.GoOnAsync();
        }

        // With all of them failing for days, it still is told at once.
        await network.PostAsync();
        await healthy.ArrivedAsync(2);
        Assert.Empty(elsewhere.Deliveries);
        Assert.True(sites.AreUntouched);
        foreach (var each in cases)
            await each.DisposeAsync();
    }

    /// <summary>One endpoint, and where it is on its way to the end.</summary>
    private sealed class Case(TestNetwork network, Fault fault, Subscription subscription, Receiver? receiver) : IAsyncDisposable
    {
        private readonly DateTimeOffset _since = network.Clock.GetUtcNow();
        private long _attempts;
        private bool _isUnderWay;

        /// <summary>When something happens next; null at the end.</summary>
        public DateTimeOffset? Due { get; private set; }

        public static async Task<Case> StartAsync(TestNetwork network, Fault fault, FaultySites sites)
        {
            if (fault.Answer is null)
                return new(network, fault, await network.SubscribeAsync(fault.Url!(sites)), null);
            var receiver = await Receiver.StartAsync();
            receiver.Answer = fault.Answer;
            return new(network, fault, await network.SubscribeAsync(receiver.Url), receiver);
        }

        /// <summary>An attempt has begun: sees how it ends, or waits until its time is over.</summary>
        public async Task BeganAsync()
        {
            _attempts++;
            if (!fault.TimesOut)
            {
                await FailedAsync();
                return;
            }

            await receiver!.ArrivedAsync((int)_attempts);
            (_isUnderWay, Due) = (true, network.Clock.GetUtcNow() + fault.Lasts);
        }

        public Task GoOnAsync() => _isUnderWay ? FailedAsync() : BeganAsync();

        public async ValueTask DisposeAsync()
        {
            if (receiver is not null)
                await receiver.DisposeAsync();
        }

        private async Task FailedAsync()
        {
            _isUnderWay = false;
            var status = await EndedAsync();
            var attempts = (await network.ReadAsync(subscription, "attempts"))["attempts"]!.AsArray();
            Told(_attempts, attempts.Count);
            if (!fault.LosesStatus)
                Told(fault.Status, (long?)attempts[0]!["status"]);
            Assert.StartsWith(fault.Reason, (string?)attempts[0]!["failure"], StringComparison.Ordinal);
            Told(1, attempts.Select(attempt => (string?)attempt!["messageId"]).Distinct().Count());
            Due = status["nextAttemptAt"]?.GetValue<DateTimeOffset>();
            var now = network.Clock.GetUtcNow();
            if (Due is not null)
            {
                Assert.True(Due - now >= fault.Delay - TimeSpan.FromMilliseconds(1), $"{fault.Name}: after attempt {_attempts} it waits {Due - now}");
                if (_attempts == 1)
                    Assert.Equal((double)fault.Delay.TotalSeconds, (Due.Value - now).TotalSeconds, precision: 1);
                return;
            }

            if (status["disabledAt"] is not null)
            {
                // The event keeps its place for when the owner enables it again.
                Told(0, (long)status["position"]!);
                Told(0, (long)status["deadLetters"]!);
                Assert.True(fault.IsGone || now - _since >= RetrySchedule.DisableAfter, $"{fault.Name}: disabled after {now - _since}");
                Assert.Contains(fault.Reason, (string?)status["disabledReason"], StringComparison.Ordinal);
                return;
            }

            Told(1, (long)status["deadLetters"]!);
            Told(1, (long)status["position"]!);
            Told(RetrySchedule.Attempts, _attempts);
        }

        /// <summary>Waits until the attempt is over, and what the endpoint's owner sees then.</summary>
        private async Task<JsonObject> EndedAsync()
        {
            JsonObject status = [];
            await Eventually.TrueAsync(async () =>
            {
                status = await network.StatusAsync(subscription);
                return (long)status["failures"]! == _attempts || status["disabledAt"] is not null || (long)status["deadLetters"]! > 0;
            }, $"attempt {_attempts} of '{fault.Name}' is over");
            return status;
        }

        private void Told<T>(T expected, T actual) => Assert.Equal((fault.Name, _attempts, expected), (fault.Name, _attempts, actual));
    }
}
