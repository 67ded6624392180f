using System.Text;

namespace Rally.Webhooks.Deliveries;

/// <summary>What came back, as far as it came.</summary>
internal sealed class Answer
{
    // What is longer is cut off: the status is all that counts.
    private const int MostBytes = 64 * 1024;

    private const int MostHeaderCharacters = 4_096;

    public long? Status { get; private set; }

    /// <summary>A line each.</summary>
    public string? Headers { get; private set; }

    /// <summary>The first bytes.</summary>
    public byte[]? Start { get; private set; }

    /// <summary>Reads an answer to its end.</summary>
    public async Task ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        Status = (long)response.StatusCode;
        Headers = HeadersOf(response);
        var (buffer, kept) = (new byte[Attempt.MostAnswer], 0);
        await using var answer = await response.Content.ReadAsStreamAsync(stop);
        while (kept < buffer.Length)
        {
            var read = await answer.ReadAsync(buffer.AsMemory(kept), stop);
            if (read == 0)
                return;
            kept += read;
            Start = buffer[..kept];
        }

        for (var rest = MostBytes - kept; rest > 0;)
        {
            var read = await answer.ReadAsync(buffer, stop);
            if (read == 0)
                return;
            rest -= read;
        }
    }

    private static string HeadersOf(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            text.Append(name).Append(": ").AppendJoin(", ", values).Append('\n');
        return text.Length <= MostHeaderCharacters ? text.ToString() : text.ToString(0, MostHeaderCharacters);
    }
}
