using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>The body of <c>POST /transfers</c>, as the API's document shows it.</summary>
internal sealed record TransferBody(
    [property: Description("A UUID of version 7 that you make; the same request again gets the first answer again.")] Guid Id,
    Guid From,
    Guid To,
    [property: Description("The coin's symbol, in either case.")] string Coin,
    Amount Amount,
    [property: MaxLength(TransferOrder.LongestNote), Description("One line, for the receiver; private to both sides.")] string? Note = null,
    [property: MaxLength(TransferOrder.LongestReference), Description("One line, for your program; private to both sides.")] string? Reference = null,
    [property: Description("Makes the transfer pending: it goes back then unless the receiver has posted it; at most 30 days from now.")] DateTimeOffset? ExpiresAt = null,
    [property: Description(TransferBody.ShowUsernameIs)] bool ShowUsername = false,
    [property: Description(TransferBody.ShowMemoIs)] bool ShowMemo = false)
{
    internal const string ShowUsernameIs = "Whether apps that the coin's creator has approved are told the sender's user name.";

    internal const string ShowMemoIs = "Whether apps that the coin's creator has approved are told the note and the reference.";

    public const int LargestBytes = 16 * 1024;

    /// <returns>The request, or why there is none.</returns>
    public static Task<(PostTransfer.Request? Request, IResult? Problem)> ReadAsync(HttpRequest http, CancellationToken stop) =>
        JsonBody.ReadAsync(http, LargestBytes, Read, stop);

    private static (PostTransfer.Request?, IResult?) Read(JsonElement body)
    {
        var members = JsonMembers.Of<TransferBody>(body, "a transfer");
        var request = Read(members) with { ExpiresAt = members.OptionalTime("expiresAt") };
        return members.Problem is { } problem ? (null, problem) : (request, null);
    }

    /// <summary>Reads what every transfer has.</summary>
    internal static PostTransfer.Request Read(JsonMembers members) => new(
        members.Id("id"),
        members.Account("from"),
        members.Account("to"),
        members.Text("coin", "must be a coin's symbol"),
        members.Amount("amount"),
        members.OptionalText("note"),
        members.OptionalText("reference"))
    {
        Choice = new(members.OptionalFlag("showUsername"), members.OptionalFlag("showMemo")),
    };
}

/// <summary>The body of <c>POST /transfers/linked</c>.</summary>
internal sealed record LinkedTransfersBody(
    [property: MinLength(1), MaxLength(PostTransfer.MostLinked)] IReadOnlyList<LinkedTransferBody> Transfers)
{
    public const int LargestBytes = 256 * 1024;

    private static readonly string Rule = $"must be a list of 1 to {PostTransfer.MostLinked} transfers";

    /// <returns>The requests, or why there are none.</returns>
    public static Task<(IReadOnlyList<PostTransfer.Request>? Requests, IResult? Problem)> ReadAsync(HttpRequest http, CancellationToken stop) =>
        JsonBody.ReadAsync(http, LargestBytes, Read, stop);

    private static (IReadOnlyList<PostTransfer.Request>?, IResult?) Read(JsonElement body)
    {
        var members = JsonMembers.Of<LinkedTransfersBody>(body, "linked transfers");
        var items = members.Items("transfers", Rule);
        if (items.Count is 0 or > PostTransfer.MostLinked)
            members.Refuse($"'transfers' {Rule}.");
        if (members.Problem is { } problem)
            return (null, problem);
        var requests = new List<PostTransfer.Request>();
        foreach (var item in items)
        {
            var transfer = JsonMembers.Of<LinkedTransferBody>(item, "a linked transfer", $"transfers[{requests.Count}]: ");
            requests.Add(TransferBody.Read(transfer));
            if (transfer.Problem is { } fault)
                return (null, fault);
        }

        return (requests, null);
    }
}

/// <summary>One of linked transfers, which are final at once.</summary>
internal sealed record LinkedTransferBody(
    Guid Id,
    Guid From,
    Guid To,
    string Coin,
    Amount Amount,
    [property: MaxLength(TransferOrder.LongestNote)] string? Note = null,
    [property: MaxLength(TransferOrder.LongestReference)] string? Reference = null,
    [property: Description(TransferBody.ShowUsernameIs)] bool ShowUsername = false,
    [property: Description(TransferBody.ShowMemoIs)] bool ShowMemo = false);
