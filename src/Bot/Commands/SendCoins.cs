using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary>A linked member sends coins to another, or to a coin's creator, as themselves and within what they consented to.</summary>
internal sealed class SendCoins(Links links, FanTokens tokens, RallyClient network)
{
    /// <summary>What to send.</summary>
    /// <param name="InteractionId">The command's id: the same one again is the same transfer.</param>
    /// <param name="ToUserId">The receiver, unless <paramref name="ToRallyId"/> names one who need not be on Discord.</param>
    internal sealed record Request(
        ulong InteractionId, DateTimeOffset SentAt, ulong FromUserId, ulong ToUserId, string Coin, Amount Amount, string? Note, Guid? ToRallyId = null);

    internal abstract record Result
    {
        internal sealed record Sent(Amount BalanceAfter) : Result;

        internal sealed record SenderNotLinked : Result;

        internal sealed record RecipientNotLinked : Result;

        internal sealed record TooLittle(Amount Available) : Result;

        /// <summary>Flow control lets the sender sell and send this much of the coin now.</summary>
        internal sealed record OverAllowance(Amount Remaining) : Result;

        internal sealed record CoinSuspended : Result;

        /// <summary>The sender withdrew the bot's access to their account.</summary>
        internal sealed record ConsentGone : Result;

        internal sealed record Refused(string Reason) : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (await links.FindAsync(request.FromUserId, stop) is not { } from)
            return new Result.SenderNotLinked();
        var to = request.ToRallyId ?? (await links.FindAsync(request.ToUserId, stop) is { BrokenAt: null } link ? link.RallyId : null as Guid?);
        if (to is null)
            return new Result.RecipientNotLinked();

        var token = await tokens.GetAsync(request.FromUserId, stop);
        var answer = await SendAsync(request, from, to.Value, token, stop);
        if (answer is SendAnswer.NotAllowed && token is not null)
        {
            token = await tokens.RenewAsync(request.FromUserId, token, stop);
            answer = await SendAsync(request, from, to.Value, token, stop);
        }

        return answer switch
        {
            SendAnswer.Sent sent => new Result.Sent(sent.BalanceAfter),
            SendAnswer.TooLittle tooLittle => new Result.TooLittle(tooLittle.Available),
            SendAnswer.OverAllowance over => new Result.OverAllowance(over.Remaining),
            SendAnswer.CoinSuspended => new Result.CoinSuspended(),
            SendAnswer.Refused refused => new Result.Refused(refused.Reason),
            SendAnswer.NotAllowed => new Result.ConsentGone(),
            var other => throw new UnreachableException($"{other}"),
        };
    }

    private async Task<SendAnswer> SendAsync(Request request, Link from, Guid to, string? token, CancellationToken stop) =>
        token is null
            ? new SendAnswer.NotAllowed()
            : await network.SendCoinsAsync(
                token, TransferId(request), from.RallyId, to, request.Coin, request.Amount, request.Note, stop);

    /// <summary>
    /// A version 7 UUID made from the command: its time in front, and in place of randomness a hash of its id, so that
    /// a command delivered twice is one transfer.
    /// </summary>
    internal static Guid TransferId(Request request)
    {
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(Encoding.ASCII.GetBytes($"discord interaction {request.InteractionId}"), bytes);
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, request.SentAt.ToUnixTimeMilliseconds());
        time[2..].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70); // version 7
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80); // RFC 9562 variant
        return new Guid(bytes[..16], bigEndian: true);
    }
}
