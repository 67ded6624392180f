using FsCheck;
using FsCheck.Fluent;
using Rally.Ledger.Journal;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class RecentIdsTests
{
    /// <summary>Whatever clocks the ids are from, and however many there are beyond what is remembered.</summary>
    [Fact]
    public void An_id_that_was_posted_is_never_taken_for_new() => Prop.ForAll(
        Gen.Choose(0, 1_000).ListOf().ToArbitrary(), Gen.Choose(2, 9).ToArbitrary(), (times, capacity) =>
        {
            var (ids, stored) = (new RecentIds(Id(500), capacity), new List<Guid> { Id(500), Id(3) });
            foreach (var time in times)
            {
                if (!ids.MayBeStored(Id(time)) && stored.Contains(Id(time)))
                    return false;
                ids.Add(Id(time));
                stored.Add(Id(time));
                if (!stored.All(ids.MayBeStored))
                    return false;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Ids_in_the_order_of_time_are_told_to_be_new()
    {
        var ids = new RecentIds(Id(10), capacity: 4);
        for (var time = 11; time < 100; time++)
        {
            Assert.False(ids.MayBeStored(Id(time)));
            ids.Add(Id(time));
        }
    }

    private static Guid Id(int time) => new(time, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0);
}
