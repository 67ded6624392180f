using System.Text;
using System.Text.Json.Nodes;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// Attempts at one endpoint that are stored together, as one row: they have most of their words in common, and a row for each took
/// as long to store as the rest of its delivery.
/// </summary>
/// <param name="EndpointId">Whose.</param>
/// <param name="FirstId">The lowest of their ids.</param>
/// <param name="LastId">The highest; less than <see cref="LongestSpan"/> after the lowest.</param>
/// <param name="Failed">How many did not deliver.</param>
/// <param name="LastDeliveredAt">When the last one began that delivered an event; null without one.</param>
/// <param name="Attempts">
/// A byte 1, then each attempt in the order of ids: its id in network order, and its other fields in their order as
/// <see cref="BinaryWriter"/> writes them, numbers 7 bits a byte. Before a number that may be missing stands whether it is there;
/// before words stands one more than how many characters they begin with as the attempt before has them (0: there are none), then the
/// rest; before an answer, whether it is none, the same as before or another. What begins with a brace is one attempt as JSON, by a migration.
/// </param>
internal sealed record AttemptPage(Guid EndpointId, Guid FirstId, Guid LastId, long Failed, DateTimeOffset? LastDeliveredAt, byte[] Attempts)
{
    /// <summary>So that the pages that may hold what is older than an id are known by their keys.</summary>
    public static readonly TimeSpan LongestSpan = TimeSpan.FromMinutes(1);

    private const byte Format = 1;
    private const int MostAttempts = 250;

    private enum AnswerKind : byte
    {
        None,
        AsBefore,
        Other,
    }

    /// <summary>In as few pages as they fit in.</summary>
    public static IEnumerable<AttemptPage> Of(IEnumerable<Attempt> attempts)
    {
        foreach (var group in attempts.GroupBy(attempt => attempt.EndpointId))
        {
            var some = new List<Attempt>();
            foreach (var attempt in group.OrderBy(attempt => attempt.Id))
            {
                if (some.Count == MostAttempts || (some.Count > 0 && TimeOrder.Between(some[0].Id, attempt.Id) >= LongestSpan))
                {
                    yield return Write(some);
                    some.Clear();
                }

                some.Add(attempt);
            }

            yield return Write(some);
        }
    }

    /// <returns>In the order of their ids.</returns>
    public IReadOnlyList<Attempt> Read()
    {
        if (Attempts[0] == '{')
            return [ReadMigrated(JsonNode.Parse(Attempts)!.AsObject())];
        if (Attempts[0] != Format)
            throw new InvalidDataException($"Attempts at endpoint {EndpointId} are kept in a form ({Attempts[0]}) that this version does not know.");
        using var reader = new BinaryReader(new MemoryStream(Attempts, 1, Attempts.Length - 1), Encoding.UTF8);
        var read = new List<Attempt>();
        while (reader.BaseStream.Position < reader.BaseStream.Length)
            read.Add(Read(reader, read.LastOrDefault()));
        return read;
    }

    private static AttemptPage Write(List<Attempt> attempts)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Format);
        Attempt? before = null;
        foreach (var attempt in attempts)
        {
            Write(writer, attempt, before);
            before = attempt;
        }

        return new(
            attempts[0].EndpointId, attempts[0].Id, attempts[^1].Id, attempts.Count(attempt => attempt.Failure is not null),
            attempts.Where(attempt => attempt is { Failure: null, Position: not null }).Max(attempt => (DateTimeOffset?)attempt.BeganAt), bytes.ToArray());
    }

    private static void Write(BinaryWriter writer, Attempt attempt, Attempt? before)
    {
        Span<byte> id = stackalloc byte[16];
        attempt.Id.TryWriteBytes(id, bigEndian: true, out _);
        writer.Write(id);
        Write(writer, attempt.MessageId, before?.MessageId);
        Write(writer, attempt.Type, before?.Type);
        Write(writer, attempt.Position);
        writer.Write7BitEncodedInt64(attempt.Number);
        writer.Write7BitEncodedInt64(attempt.BeganAt.ToUnixTimeMilliseconds());
        writer.Write7BitEncodedInt64(attempt.DurationMs);
        Write(writer, attempt.Status);
        Write(writer, attempt.Failure, before?.Failure);
        Write(writer, attempt.AnswerHeaders, before?.AnswerHeaders);
        var kind = attempt.Answer is null ? AnswerKind.None : before?.Answer is { } last && attempt.Answer.AsSpan().SequenceEqual(last) ? AnswerKind.AsBefore : AnswerKind.Other;
        writer.Write((byte)kind);
        if (kind != AnswerKind.Other)
            return;
        writer.Write7BitEncodedInt(attempt.Answer!.Length);
        writer.Write(attempt.Answer);
    }

    private static void Write(BinaryWriter writer, long? number)
    {
        writer.Write(number is not null);
        if (number is { } known)
            writer.Write7BitEncodedInt64(known);
    }

    private static void Write(BinaryWriter writer, string? words, string? before)
    {
        if (words is null)
        {
            writer.Write7BitEncodedInt(0);
            return;
        }

        var alike = words.AsSpan().CommonPrefixLength(before);
        // A character of two halves goes whole.
        if (alike > 0 && char.IsHighSurrogate(words[alike - 1]))
            alike--;
        writer.Write7BitEncodedInt(alike + 1);
        writer.Write(alike == words.Length ? "" : words[alike..]);
    }

    private Attempt Read(BinaryReader reader, Attempt? before) => new()
    {
        // In the order of Write: initializers run as they stand.
        EndpointId = EndpointId,
        Id = new Guid(reader.ReadBytes(16), bigEndian: true),
        MessageId = ReadWords(reader, before?.MessageId)!,
        Type = ReadWords(reader, before?.Type)!,
        Position = ReadNumber(reader),
        Number = reader.Read7BitEncodedInt64(),
        BeganAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64()),
        DurationMs = reader.Read7BitEncodedInt64(),
        Status = ReadNumber(reader),
        Failure = ReadWords(reader, before?.Failure),
        AnswerHeaders = ReadWords(reader, before?.AnswerHeaders),
        Answer = (AnswerKind)reader.ReadByte() switch
        {
            AnswerKind.None => null,
            AnswerKind.AsBefore => before!.Answer,
            _ => reader.ReadBytes(reader.Read7BitEncodedInt()),
        },
    };

    private static long? ReadNumber(BinaryReader reader) => reader.ReadBoolean() ? reader.Read7BitEncodedInt64() : null;

    private static string? ReadWords(BinaryReader reader, string? before) =>
        reader.Read7BitEncodedInt() is > 0 and var alike ? string.Concat(before.AsSpan(0, alike - 1), reader.ReadString()) : null;

    private Attempt ReadMigrated(JsonObject json) => new()
    {
        EndpointId = EndpointId,
        Id = FirstId,
        MessageId = (string)json["messageId"]!,
        Type = (string)json["type"]!,
        Position = (long?)json["position"],
        Number = (long)json["number"]!,
        BeganAt = DateTimeOffset.FromUnixTimeMilliseconds((long)json["beganAt"]!),
        DurationMs = (long)json["durationMs"]!,
        Status = (long?)json["status"],
        Failure = (string?)json["failure"],
        AnswerHeaders = (string?)json["answerHeaders"],
        Answer = (string?)json["answer"] is { } answer ? Convert.FromHexString(answer) : null,
    };
}
