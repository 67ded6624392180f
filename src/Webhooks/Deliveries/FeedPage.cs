using Rally.Storage.Changes;

namespace Rally.Webhooks.Deliveries;

/// <summary>Puts places of the log and changes from the outbox in the order in which an endpoint gets them.</summary>
internal static class FeedPage
{
    /// <param name="cursor">How far the endpoint has come.</param>
    /// <param name="places">The places after the cursor's, without gaps; may be none.</param>
    /// <param name="changes">The changes after the cursor's, in order, none of them after a later place than the last of these.</param>
    /// <param name="mayBeMore">There may be more changes than these, so nothing after the last of them counts.</param>
    public static IReadOnlyList<WebhookEvent> Of(Cursor cursor, IReadOnlyList<WebhookEvent[]> places, IReadOnlyList<WebhookEvent> changes, bool mayBeMore)
    {
        if (changes.Count == 0 && cursor.Step == 0 && places.All(place => place.Length == 1))
            return [.. places.Select(place => place[0])];
        var (events, next) = (new List<WebhookEvent>(places.Count + changes.Count), 0);
        var step = cursor.Step;
        foreach (var place in places)
        {
            // Between the events of one place there is no change.
            while (step == 0 && next < changes.Count && changes[next].Position < place[0].Position)
                events.Add(changes[next++]);
            if (mayBeMore && next == changes.Count)
                return events;
            events.AddRange(place.Where(happened => happened.Step >= step));
            step = 0;
        }

        events.AddRange(changes.Skip(next));
        return events;
    }

    public static IReadOnlyList<WebhookEvent> Of(IEnumerable<Change> changes) => [.. changes.Select(change => new WebhookEvent(change))];
}
