using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rally.Acceptance.Tests.Fuzz;

/// <param name="Status">Zero when the server hung up without a word.</param>
/// <param name="Headers">By name in lower case; of several the last.</param>
internal sealed record WireAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string MediaType => (Headers.GetValueOrDefault("content-type") ?? "").Split(';')[0];
}

/// <summary>
/// One connection that is kept as long as the server keeps it. HTTP clients refuse to send what this is for, so it is a socket.
/// </summary>
internal sealed class WireConnection(EndPoint server) : IDisposable
{
    // A slow machine is not a fault; a server that never answers is.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Such an answer has no end to wait for.
    private const string Endless = "text/event-stream";

    private readonly byte[] _buffer = new byte[64 * 1024];
    private Socket? _socket;
    private int _start;
    private int _end;

    public async Task<WireAnswer> SendAsync(WireRequest request)
    {
        using var enough = new CancellationTokenSource(Patience);
        var bytes = request.ToBytes();
        var answer = await TryAsync(request, bytes, enough.Token);
        // What hangs up on the first bytes may have been closing since the last answer.
        return answer.Status == 0 && !request.EndsEarly ? await TryAsync(request, bytes, enough.Token) : answer;
    }

    public void Dispose() => Close();

    private async Task<WireAnswer> TryAsync(WireRequest request, byte[] bytes, CancellationToken stop)
    {
        if (_socket is null)
        {
            _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(server, stop);
            _start = _end = 0;
        }

        try
        {
            for (var sent = 0; sent < bytes.Length;)
                sent += await _socket.SendAsync(bytes.AsMemory(sent), stop);
            if (request.EndsEarly)
                _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It may have answered before it read all: that answer counts.
        }

        WireAnswer answer;
        try
        {
            answer = await ReadAnswerAsync(request.Method == "HEAD", stop);
        }
        catch (SocketException)
        {
            answer = new(0, new Dictionary<string, string>(), "");
        }

        if (answer.Status == 0 || request.EndsEarly || answer.Headers.GetValueOrDefault("connection") == "close" || answer.MediaType == Endless)
            Close();
        return answer;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async Task<WireAnswer> ReadAnswerAsync(bool hasNoBody, CancellationToken stop)
    {
        var headers = new Dictionary<string, string>();
        if (await ReadLineAsync(stop) is not { } first)
            return new(0, headers, "");
        var status = int.Parse(first.Split(' ')[1], CultureInfo.InvariantCulture);
        while (await ReadLineAsync(stop) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        if (status is 100)
            return await ReadAnswerAsync(hasNoBody, stop);
        var bare = new WireAnswer(status, headers, "");
        if (hasNoBody || status is 204 or 304 || bare.MediaType == Endless)
            return bare;
        var body = new StringBuilder();
        if (headers.TryGetValue("content-length", out var length))
        {
            await ReadAsync(body, int.Parse(length, CultureInfo.InvariantCulture), stop);
        }
        else if (headers.GetValueOrDefault("transfer-encoding") == "chunked")
        {
            while (await ReadLineAsync(stop) is { } size)
            {
                var count = int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                await ReadAsync(body, count, stop);
                await ReadLineAsync(stop);
                if (count == 0)
                    break;
            }
        }
        else
        {
            while (await FillAsync(stop))
                Take(body, _end - _start);
        }

        return new(status, headers, body.ToString());
    }

    private async Task ReadAsync(StringBuilder into, int count, CancellationToken stop)
    {
        while (count > 0)
        {
            if (_start == _end && !await FillAsync(stop))
                throw new InvalidOperationException("The server hung up in the middle of an answer.");
            var part = Math.Min(count, _end - _start);
            Take(into, part);
            count -= part;
        }
    }

    private void Take(StringBuilder into, int count)
    {
        into.Append(Encoding.Latin1.GetString(_buffer, _start, count));
        _start += count;
    }

    private async Task<string?> ReadLineAsync(CancellationToken stop)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, end).TrimEnd('\r');
                _start += end + 1;
                return line;
            }

            if (!await FillAsync(stop))
                return null;
        }
    }

    private async Task<bool> FillAsync(CancellationToken stop)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = await _socket!.ReceiveAsync(_buffer.AsMemory(_end), stop);
        _end += read;
        return read > 0;
    }
}
