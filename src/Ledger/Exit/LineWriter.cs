using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Exit;

/// <summary>Writes lines of an export: a JSON object each, every value a string or null, in one and the same form on every machine.</summary>
internal sealed class LineWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4_096);
    private readonly Utf8JsonWriter _json;

    // Notes stay readable; the file is no web page.
    public LineWriter() => _json = new(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <returns>The line with its LF, until the next call.</returns>
    public ReadOnlySpan<byte> Write(LedgerLine line)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        switch (line)
        {
            case LedgerLine.Header header:
                Write(header);
                break;
            case LedgerLine.Launch launch:
                Write(launch.Coin);
                break;
            case LedgerLine.Entry entry:
                Write(entry.Posted);
                break;
            case LedgerLine.Sealed block:
                Write(block.Block);
                break;
            case LedgerLine.UsdPrice price:
                _json.WriteString("type"u8, "usdPrice"u8);
                Write("at"u8, price.At);
                Write("nanoUsd"u8, price.NanoUsd);
                break;
            case LedgerLine.Suspended suspended:
                _json.WriteString("type"u8, "suspended"u8);
                _json.WriteString("symbol"u8, suspended.Symbol);
                break;
            case LedgerLine.Footer footer:
                Write(footer);
                break;
            default:
                throw new UnreachableException($"{line}");
        }

        _json.WriteEndObject();
        _json.Flush();
        _buffer.Write("\n"u8);
        return _buffer.WrittenSpan;
    }

    public void Dispose() => _json.Dispose();

    private void Write(LedgerLine.Header header)
    {
        _json.WriteString("type"u8, "header"u8);
        _json.WriteString("format"u8, LedgerLine.Format);
        _json.WriteString("program"u8, header.Program);
        Write("takenAt"u8, header.TakenAt);
        Write("lastPosition"u8, header.LastPosition);
        Write("wordsKey"u8, header.WordsKey);
        _json.WriteStartArray("authorities"u8);
        foreach (var authority in header.Authorities)
        {
            _json.WriteStartObject();
            Write("number"u8, authority.Number);
            Write("publicKey"u8, authority.PublicKey);
            Write("firstHeight"u8, authority.FirstHeight);
            Write("introducedAt"u8, authority.IntroducedAt);
            Write("introduction"u8, authority.Introduction);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void Write(LaunchRow coin)
    {
        _json.WriteString("type"u8, "launch"u8);
        _json.WriteString("symbol"u8, coin.Symbol);
        _json.WriteString("name"u8, coin.Name);
        _json.WriteString("image"u8, coin.Image);
        _json.WriteString("creator"u8, coin.Creator?.ToString());
        _json.WriteString("curve"u8, coin.Curve);
        Write("supply"u8, coin.Supply);
        _json.WriteString("terms"u8, coin.Terms);
        Write("rewards"u8, coin.Rewards ? 1 : 0);
        Write("launchedAfter"u8, coin.LaunchedAfter);
        Write("launchedAt"u8, coin.LaunchedAt);
    }

    private void Write(JournalEntry entry)
    {
        var order = entry.Order;
        _json.WriteString("type"u8, "entry"u8);
        Write("position"u8, entry.Position);
        _json.WriteString("id"u8, order.Id);
        _json.WriteString("debit"u8, order.Debit.ToString());
        _json.WriteString("credit"u8, order.Credit.ToString());
        Write("amount"u8, order.Amount.MinorUnits);
        _json.WriteString("kind"u8, order.Kind);
        Write("link"u8, entry.Link);
        Write("postedAt"u8, entry.PostedAt);
        Write("debitBalance"u8, entry.DebitBalance.MinorUnits);
        Write("creditBalance"u8, entry.CreditBalance.MinorUnits);
        _json.WriteString("note"u8, order.Note.Length > 0 ? order.Note : null);
        _json.WriteString("reference"u8, order.Reference.Length > 0 ? order.Reference : null);
        _json.WriteString("details"u8, order.Details);
    }

    private void Write(Block block)
    {
        _json.WriteString("type"u8, "block"u8);
        Write("height"u8, block.Height);
        Write("previousHash"u8, block.PreviousHash);
        Write("firstPosition"u8, block.FirstPosition);
        Write("lastPosition"u8, block.LastPosition);
        Write("sealedAt"u8, block.SealedAt);
        Write("entriesHash"u8, block.EntriesHash);
        Write("authority"u8, block.Authority);
        Write("hash"u8, block.Hash);
        Write("signature"u8, block.Signature);
    }

    private void Write(LedgerLine.Footer footer)
    {
        _json.WriteString("type"u8, "footer"u8);
        Write("launches"u8, footer.Counts.Launches);
        Write("entries"u8, footer.Counts.Entries);
        Write("blocks"u8, footer.Counts.Blocks);
        Write("usdPrices"u8, footer.Counts.UsdPrices);
        Write("suspended"u8, footer.Counts.Suspended);
        Write("sha256"u8, footer.Sha256);
    }

    private void Write(ReadOnlySpan<byte> name, long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var size);
        _json.WriteString(name, digits[..size]);
    }

    private void Write(ReadOnlySpan<byte> name, DateTimeOffset time) => Write(name, time.ToUnixTimeMilliseconds());

    private void Write(ReadOnlySpan<byte> name, byte[]? bytes) => _json.WriteString(name, bytes is null ? null : Convert.ToHexStringLower(bytes));
}
