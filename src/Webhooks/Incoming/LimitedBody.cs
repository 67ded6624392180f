using Microsoft.AspNetCore.Http;

namespace Rally.Webhooks.Incoming;

/// <summary>Reads bodies of strangers, who may send any amount.</summary>
internal static class LimitedBody
{
    /// <returns>The body; null when it has more than <paramref name="mostBytes"/>, of which the rest is left unread.</returns>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int mostBytes, CancellationToken stop)
    {
        if (request.ContentLength > mostBytes)
            return null;
        var body = new byte[(request.ContentLength ?? mostBytes) + 1];
        var length = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, stop);
        if (length > mostBytes)
            return null;
        return body.AsMemory(0, length);
    }
}
