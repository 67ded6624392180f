using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Rally.Ledger.Amounts;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Api;

/// <summary>A transfer as the API writes it.</summary>
internal record TransferJson(
    [property: Description("The id its sender made.")] Guid Id,
    [property: Description("Its place in the log.")] long Position,
    [property: Description("The coin's symbol.")] string Coin,
    [property: Description("A Rally id; null when it came from an account of the system.")] Guid? From,
    [property: Description("A Rally id; null when it went to an account of the system, such as escrow.")] Guid? To,
    Amount Amount,
    [property: AllowedValues("issue", "transfer", "genesis", "vest", "buy", "sell", "fee", "hold", "post", "void", "expire")] string Kind,
    [property: JsonPropertyOrder(2)] DateTimeOffset PostedAt)
{
    [JsonPropertyOrder(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("For its two sides only.")]
    public string? Note { get; init; }

    [JsonPropertyOrder(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("For its two sides only; absent when there is none.")]
    public string? Reference { get; init; }

    [JsonPropertyOrder(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("What it left on the caller's account; only in the answer to who made it and in that account's history.")]
    public Amount? BalanceAfter { get; init; }

    [JsonPropertyOrder(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Of a pending transfer only.")]
    public PendingJson? Pending { get; init; }

    [JsonPropertyOrder(3), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("The pending transfer that this entry ended.")]
    public Guid? Ends { get; init; }

    /// <summary>As everybody may see it.</summary>
    public static TransferJson Public(TransferPosted posted) => new(
        posted.Id, posted.Position, posted.Coin, posted.DebitHolder, posted.CreditHolder, posted.Amount, posted.Kind, posted.PostedAt);

    /// <summary>As its sides see it.</summary>
    public static TransferJson Of(JournalEntry entry) => Public(entry.ToPosted()) with
    {
        Note = entry.Order.Note,
        Reference = entry.Order.Reference.Length == 0 ? null : entry.Order.Reference,
        Ends = entry.Order.Kind is TransferKind.Post or TransferKind.Void or TransferKind.Expire ? HoldDetails.HoldOf(entry.Order) : null,
    };

    /// <summary>As the one who made it sees it.</summary>
    public static TransferJson Of(JournalEntry entry, Guid maker) => Of(entry) with
    {
        BalanceAfter = entry.Order.Debit.Holder == maker ? entry.DebitBalance : entry.Order.Credit.Holder == maker ? entry.CreditBalance : null,
    };
}

/// <summary>Several transfers, committed together.</summary>
internal sealed record TransferListJson(IReadOnlyList<TransferJson> Transfers);

/// <summary>A part of the public log.</summary>
internal sealed record TransferPageJson(
    IReadOnlyList<TransferJson> Transfers,
    [property: Description("The log's last position.")] long Last);

/// <summary>What became of a pending transfer.</summary>
internal sealed record PendingJson(
    [property: Description("Who may post it.")] Guid To,
    DateTimeOffset ExpiresAt,
    [property: AllowedValues("open", "posted", "voided", "expired")] string State,
    [property: Description("Null while the coins are in escrow.")] PendingEndJson? End)
{
    public static PendingJson Of(FindPending.Result found) => new(
        found.Hold.Receiver,
        found.Hold.ExpiresAt,
        found.Hold.State,
        found.Resolution is { } end
            ? new(end.Id, end.Position, end.At, found.Hold.State == HoldState.Expired ? null : found.Hold.Receiver, end.Posted, found.Hold.Amount - end.Posted)
            : null);
}

/// <summary>How a pending transfer ended.</summary>
internal sealed record PendingEndJson(
    [property: Description("Of the transfer that ended it.")] Guid Id,
    [property: Description("Of that transfer in the log.")] long Position,
    DateTimeOffset At,
    [property: Description("Who posted or declined it: the receiver; null when its time was up.")] Guid? By,
    [property: Description("What the receiver got.")] Amount Posted,
    [property: Description("What went back to the sender.")] Amount Returned);
