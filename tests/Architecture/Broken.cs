using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage;

// Code that breaks the rules, in this assembly only, for TheRules to find.
namespace Rally.Bot.Roles.Broken
{
    internal sealed class InABody
    {
        public static string? Look() => typeof(ITransferFeed).FullName;
    }

    internal sealed class InAnAsyncBody
    {
        public static async Task<long> LookAsync(object feed, CancellationToken stop)
        {
            await Task.Yield();
            return await ((ITransferFeed)feed).LastPositionAsync(stop);
        }
    }

    internal sealed class InAGenericArgument
    {
        public List<TransferPosted?> Seen { get; } = [];
    }

    internal sealed class Lawful
    {
        public static Amount Twice(Amount amount) => amount + amount;

        public static Engine EngineOf(Database database) => database.Engine;
    }
}

namespace Rally.Bot.DiscordApi.Broken
{
    internal sealed class KnowsAmounts
    {
        public static Amount Nothing => Amount.Zero;
    }
}

namespace Rally.Bot.Hosting.Broken
{
    internal sealed class Lawful
    {
        public static Type Feed => typeof(ITransferFeed);
    }
}
