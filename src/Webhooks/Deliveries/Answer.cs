using System.Text;

namespace Rally.Webhooks.Deliveries;

/// <summary>What came back, as far as it came.</summary>
internal sealed class Answer
{
    // What is longer is cut off: the status is all that counts.
    private const int MostBytes = 64 * 1024;

    private const int MostHeaderCharacters = 4_096;

    private byte[] _buffer = [];
    private int _kept;

    public long? Status { get; private set; }

    /// <summary>A line each.</summary>
    public string? Headers { get; private set; }

    /// <summary>The first bytes; null for none.</summary>
    public byte[]? Start => _kept == 0 ? null : _buffer[.._kept];

    /// <summary>Reads an answer to its end.</summary>
    public async Task ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        Status = (long)response.StatusCode;
        Headers = HeadersOf(response);
        if (response.Content.Headers.ContentLength == 0)
            return;
        await using var answer = await response.Content.ReadAsStreamAsync(stop);
        _buffer = new byte[Attempt.MostAnswer];
        while (_kept < _buffer.Length)
        {
            var read = await answer.ReadAsync(_buffer.AsMemory(_kept), stop);
            if (read == 0)
                return;
            _kept += read;
        }

        var passed = new byte[Attempt.MostAnswer];
        for (var rest = MostBytes - _kept; rest > 0;)
        {
            var read = await answer.ReadAsync(passed, stop);
            if (read == 0)
                return;
            rest -= read;
        }
    }

    private static string HeadersOf(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            text.Append(name).Append(": ").AppendJoin(", ", values).Append('\n');
        return text.Length <= MostHeaderCharacters ? text.ToString() : text.ToString(0, MostHeaderCharacters);
    }
}
