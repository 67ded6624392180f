using System.Buffers;
using System.Net.Http.Headers;
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

    /// <summary>The first bytes; null for none.</summary>
    public byte[]? Start { get; private set; }

    /// <summary>Reads an answer to its end.</summary>
    public async Task ReadAsync(HttpResponseMessage response, CancellationToken stop)
    {
        Status = (long)response.StatusCode;
        Headers = HeadersOf(response);
        var buffer = ArrayPool<byte>.Shared.Rent(Attempt.MostAnswer);
        var kept = 0;
        try
        {
            await using var answer = await response.Content.ReadAsStreamAsync(stop);
            while (kept < Attempt.MostAnswer)
            {
                var read = await answer.ReadAsync(buffer.AsMemory(kept, Attempt.MostAnswer - kept), stop);
                if (read == 0)
                    return;
                kept += read;
            }

            await PassAsync(answer, MostBytes - kept, stop);
        }
        finally
        {
            Start = kept == 0 ? null : buffer[..kept];
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task PassAsync(Stream answer, int most, CancellationToken stop)
    {
        var passed = new byte[Attempt.MostAnswer];
        while (most > 0)
        {
            var read = await answer.ReadAsync(passed, stop);
            if (read == 0)
                return;
            most -= read;
        }
    }

    private static string HeadersOf(HttpResponseMessage response)
    {
        var text = new StringBuilder();
        Append(text, response.Headers);
        Append(text, response.Content.Headers);
        return text.Length <= MostHeaderCharacters ? text.ToString() : text.ToString(0, MostHeaderCharacters);
    }

    private static void Append(StringBuilder text, HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated)
            text.Append(name).Append(": ").Append(values.ToString()).Append('\n');
    }
}
