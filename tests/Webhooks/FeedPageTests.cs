using Rally.Ledger.Amounts;
using Rally.Ledger.Events;
using Rally.Ledger.Journal;
using Rally.Storage.Changes;
using Rally.Webhooks.Deliveries;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class FeedPageTests
{
    [Fact]
    public void Changes_come_after_the_place_they_name_and_never_inside_one()
    {
        WebhookEvent[][] places = [Place(11, withEvent: true), Place(12), Place(13)];
        WebhookEvent[] changes = [Change(4, after: 10), Change(5, after: 11), Change(6, after: 13)];

        Assert.Equal(["o4", "11.0", "11.1", "o5", "12.0", "13.0", "o6"], Names(FeedPage.Of(new(10, 3, 0), places, changes, mayBeMore: false)));
        Assert.Equal(["11.1", "o4", "o5", "12.0", "13.0", "o6"], Names(FeedPage.Of(new(10, 3, 1), places, changes, mayBeMore: false)));
        Assert.Equal(["o4"], Names(FeedPage.Of(new(10, 3, 0), [], changes[..1], mayBeMore: false)));
    }

    [Fact]
    public void Nothing_is_told_after_a_change_behind_which_others_may_stand()
    {
        WebhookEvent[][] places = [Place(11), Place(12)];

        Assert.Equal(["o4", "11.0", "o5"], Names(FeedPage.Of(new(10, 3, 0), places, [Change(4, after: 10), Change(5, after: 11)], mayBeMore: true)));
    }

    [Fact]
    public void A_cursor_goes_through_a_page_one_by_one_and_refuses_to_skip()
    {
        var cursor = new Cursor(10, 3, 1);
        foreach (var happened in FeedPage.Of(cursor, [Place(11, withEvent: true), Place(12)], [Change(5, after: 10), Change(9, after: 12)], mayBeMore: false))
            cursor = cursor.Past(happened);
        Assert.Equal(new Cursor(12, 9, 0), cursor);

        Assert.ThrowsAny<Exception>(() => cursor.Past(Place(14)[0]));
        Assert.ThrowsAny<Exception>(() => cursor.Past(Change(9, after: 12)));
        Assert.ThrowsAny<Exception>(() => cursor.Past(Change(10, after: 13)));
        Assert.ThrowsAny<Exception>(() => cursor.Past(Place(13, withEvent: true)[1]));
    }

    private static IEnumerable<string> Names(IEnumerable<WebhookEvent> events) =>
        events.Select(happened => happened.Change is { } change ? $"o{change.Number}" : $"{happened.Position}.{happened.Step}");

    private static WebhookEvent Change(long number, long after) =>
        new(new Change { Number = number, Place = after, At = DateTimeOffset.UnixEpoch, Type = "coin.status", Topic = "PTM", Data = "{}" });

    private static WebhookEvent[] Place(long position, bool withEvent = false) => WebhookEvent.AllOf(
        new TransferPosted(position, Guid.NewGuid(), "PTM", Guid.NewGuid(), Guid.NewGuid(), Amount.Coins(1), "transfer", "", DateTimeOffset.UnixEpoch)
        {
            Event = withEvent ? new CoinEvent.Sent(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "PTM", Amount.Coins(1), false, null, null, new("", "", false, false)) : null,
        });
}
