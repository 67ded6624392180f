using System.Globalization;
using System.Text.Json;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Exit;

/// <summary>Reads what <see cref="LineWriter"/> writes, and nothing else: a field too many may be one that matters.</summary>
internal static class LineParser
{
    /// <exception cref="FormatException">It is not a line of an export; the message says what is wrong with it.</exception>
    public static LedgerLine Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var fields = new Fields(json.RootElement);
            LedgerLine parsed = fields.Text("type") switch
            {
                "header" => Header(fields),
                "launch" => new LedgerLine.Launch(Launch(fields)),
                "entry" => new LedgerLine.Entry(Entry(fields)),
                "block" => new LedgerLine.Sealed(Sealed(fields)),
                "usdPrice" => new LedgerLine.UsdPrice(fields.Integer("at"), fields.Integer("nanoUsd")),
                "suspended" => new LedgerLine.Suspended(fields.Text("symbol")),
                "footer" => Footer(fields),
                var other => throw new FormatException($"it is of an unknown type, '{other}'."),
            };
            fields.End();
            return parsed;
        }
        catch (JsonException malformed)
        {
            throw new FormatException("it is not JSON.", malformed);
        }
        catch (Exception impossible) when (impossible is ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"it holds what no log can: {impossible.Message}", impossible);
        }
    }

    private static LedgerLine.Header Header(Fields fields)
    {
        if (fields.Text("format") is var format and not LedgerLine.Format)
            throw new FormatException($"its format is '{format}', and this program reads '{LedgerLine.Format}'.");
        var authorities = new List<Authority>();
        foreach (var element in fields.Elements("authorities"))
        {
            var authority = new Fields(element);
            authorities.Add(new()
            {
                Number = authority.Integer("number"),
                PublicKey = authority.Bytes("publicKey", AuthorityPrivateKey.PublicKeySize),
                FirstHeight = authority.Integer("firstHeight"),
                IntroducedAt = authority.Time("introducedAt"),
                Introduction = authority.OptionalBytes("introduction", AuthorityPrivateKey.SignatureSize),
            });
            authority.End();
        }

        return new(
            fields.Text("program"), fields.Time("takenAt"), fields.Integer("lastPosition"),
            fields.OptionalBytes("wordsKey", WordsKey.Size), authorities);
    }

    private static LaunchRow Launch(Fields fields) => new(
        fields.Text("symbol"),
        fields.Text("name"),
        fields.OptionalText("image"),
        fields.OptionalText("creator") is { } creator ? Fields.Id("creator", creator) : null,
        fields.Text("curve"),
        fields.Integer("supply"),
        fields.Text("terms"),
        fields.Integer("rewards") switch
        {
            0 => false,
            1 => true,
            _ => throw new FormatException("its rewards are neither 0 nor 1."),
        },
        fields.Integer("launchedAfter"),
        fields.Time("launchedAt"));

    private static JournalEntry Entry(Fields fields) => new(
        fields.Integer("position"),
        new TransferOrder(
            Fields.Id("id", fields.Text("id")),
            fields.Account("debit"),
            fields.Account("credit"),
            new Amount(fields.Integer("amount")),
            fields.Text("kind"),
            fields.Words("note"),
            fields.Words("reference"),
            fields.OptionalText("details")),
        fields.Integer("link") is >= 0 and <= int.MaxValue and var link ? (int)link : throw new FormatException("its link is out of range."),
        fields.Time("postedAt"),
        new Amount(fields.Integer("debitBalance")),
        new Amount(fields.Integer("creditBalance")));

    private static Block Sealed(Fields fields)
    {
        var block = new Block
        {
            Height = fields.Integer("height"),
            PreviousHash = fields.Bytes("previousHash", BlockHeader.HashSize),
            FirstPosition = fields.Integer("firstPosition"),
            LastPosition = fields.Integer("lastPosition"),
            SealedAt = fields.Time("sealedAt"),
            EntriesHash = fields.Bytes("entriesHash", BlockHeader.HashSize),
            Authority = fields.Integer("authority"),
            Hash = fields.Bytes("hash", BlockHeader.HashSize),
            Signature = fields.Bytes("signature", AuthorityPrivateKey.SignatureSize),
        };
        _ = block.ToHeader(); // refuses what no header can have
        return block;
    }

    private static LedgerLine.Footer Footer(Fields fields) => new(
        new LineCounts(
            fields.Integer("launches"), fields.Integer("entries"), fields.Integer("blocks"), fields.Integer("usdPrices"),
            fields.Integer("suspended")),
        fields.Bytes("sha256", BlockHeader.HashSize));

    /// <summary>An object's members; each is asked for once.</summary>
    private sealed class Fields
    {
        private readonly JsonElement _object;
        private int _asked;

        public Fields(JsonElement element) =>
            _object = element.ValueKind == JsonValueKind.Object ? element : throw new FormatException("it is not a JSON object.");

        public static Guid Id(string name, string text) =>
            Guid.TryParseExact(text, "D", out var id) && id.ToString() == text ? id : throw new FormatException($"its {name} is not an id.");

        public string Text(string name) => OptionalText(name) ?? throw new FormatException($"its {name} is null.");

        public string? OptionalText(string name)
        {
            var value = Value(name);
            return value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => value.GetString(),
                _ => throw new FormatException($"its {name} is not a string."),
            };
        }

        /// <summary>Of a note or a reference, which are absent rather than empty.</summary>
        public string Words(string name) =>
            OptionalText(name) switch
            {
                null => "",
                "" => throw new FormatException($"its {name} is empty instead of null."),
                var text => text,
            };

        public long Integer(string name)
        {
            var text = Text(name);
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                && (text is [>= '1' and <= '9', ..] or ['-', >= '1' and <= '9', ..] or "0")
                ? value
                : throw new FormatException($"its {name} is not an integer of 64 bits.");
        }

        public DateTimeOffset Time(string name) => DateTimeOffset.FromUnixTimeMilliseconds(Integer(name));

        public byte[] Bytes(string name, int size) => OptionalBytes(name, size) ?? throw new FormatException($"its {name} is null.");

        public byte[]? OptionalBytes(string name, int size)
        {
            if (OptionalText(name) is not { } text)
                return null;
            return text.Length == 2 * size && text.All(char.IsAsciiHexDigitLower)
                ? Convert.FromHexString(text)
                : throw new FormatException($"its {name} is not {size} bytes in hexadecimal.");
        }

        public AccountKey Account(string name)
        {
            var text = Text(name);
            return AccountKey.TryParse(text, out var account) && account.ToString() == text
                ? account
                : throw new FormatException($"its {name} is not an account.");
        }

        public JsonElement.ArrayEnumerator Elements(string name)
        {
            var value = Value(name);
            return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new FormatException($"its {name} is not an array.");
        }

        /// <summary>There is nothing else.</summary>
        public void End()
        {
            var there = 0;
            foreach (var _ in _object.EnumerateObject())
                there++;
            if (there != _asked)
                throw new FormatException("it has fields that this format does not know, or one of them twice.");
        }

        private JsonElement Value(string name)
        {
            _asked++;
            return _object.TryGetProperty(name, out var value) ? value : throw new FormatException($"it has no {name}.");
        }
    }
}
