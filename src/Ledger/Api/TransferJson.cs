using System.Text.Json.Serialization;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Api;

/// <summary>A transfer as the API writes it.</summary>
/// <param name="Id">The id its sender made.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="Coin">The coin's symbol.</param>
/// <param name="From">A Rally id; null when the coin was issued.</param>
/// <param name="To">A Rally id; null when a system account received it.</param>
/// <param name="Amount">A decimal string.</param>
/// <param name="Kind">See <see cref="TransferKind"/>.</param>
/// <param name="Note">Absent in the public log.</param>
/// <param name="PostedAt">When it was committed.</param>
/// <param name="BalanceAfter">What it left on the sender's account; only for the sender.</param>
internal sealed record TransferJson(
    Guid Id,
    long Position,
    string Coin,
    Guid? From,
    Guid? To,
    Amount Amount,
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note,
    DateTimeOffset PostedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Amount? BalanceAfter)
{
    public static TransferJson Of(TransferPosted posted, Amount? balanceAfter = null) => new(
        posted.Id, posted.Position, posted.Coin, posted.DebitHolder, posted.CreditHolder, posted.Amount, posted.Kind, posted.Note,
        posted.PostedAt, balanceAfter);
}
