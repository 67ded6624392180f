using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rally.Auth.Tests;

/// <summary>A mail server on loopback that speaks enough of RFC 5321 and of AUTH LOGIN, and keeps what it is given.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Mail> _mails = new();
    private readonly Task _running;

    public SmtpServer()
    {
        _listener.Start();
        _running = AcceptAsync();
    }

    /// <param name="Text">Headers and body as they came.</param>
    /// <param name="Login">Who had signed in, as <c>name:password</c>; null for nobody.</param>
    internal sealed record Mail(string From, string To, string Text, string? Login)
    {
        /// <summary>The link at its end, as the browser opens it.</summary>
        public string Link => new Uri(Text.Split('\n').Last(line => line.StartsWith("http://rally.example/", StringComparison.Ordinal)).Trim()).PathAndQuery;
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyCollection<Mail> Mails => _mails;

    /// <summary>Says no to every recipient while it is set.</summary>
    public bool Refuses { get; set; }

    /// <summary>How many recipients it has refused.</summary>
    public int Refused { get; private set; }

    public void Configure(AuthOptions options)
    {
        options.PublicUrl = new Uri("http://rally.example");
        (options.Mail.Host, options.Mail.Port, options.Mail.StartTls, options.Mail.From) = ("127.0.0.1", Port, false, "rally@rally.example");
    }

    /// <summary>Waits for the mail with this number, from 1.</summary>
    public async Task<Mail> MailAsync(int number)
    {
        await Testing.Eventually.TrueAsync(() => _mails.Count >= number, $"mail {number}");
        return _mails.ElementAt(number - 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.Latin1);
                await using var writer = new StreamWriter(stream, new ASCIIEncoding()) { NewLine = "\r\n", AutoFlush = true };
                await TalkAsync(reader, writer);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or IOException)
        {
        }
    }

    private async Task TalkAsync(StreamReader reader, StreamWriter writer)
    {
        var (from, to, login) = ("", "", (string?)null);
        await writer.WriteLineAsync("220 test ESMTP");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "EHLO":
                    await writer.WriteLineAsync("250-test\r\n250 AUTH LOGIN");
                    break;
                case "AUTH":
                    var name = Decode(line.Split(' ').ElementAtOrDefault(2) ?? await AskAsync("VXNlcm5hbWU6"));
                    login = $"{name}:{Decode(await AskAsync("UGFzc3dvcmQ6"))}";
                    await writer.WriteLineAsync("235 welcome");
                    break;
                case "MAIL":
                    from = Between(line);
                    await writer.WriteLineAsync("250 ok");
                    break;
                case "RCPT" when Refuses:
                    Refused++;
                    await writer.WriteLineAsync($"550 no such mailbox: {Between(line)}");
                    break;
                case "RCPT":
                    to = Between(line);
                    await writer.WriteLineAsync("250 ok");
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var text = new StringBuilder();
                    while (await reader.ReadLineAsync(_stop.Token) is { } content && content != ".")
                        text.Append(content).Append('\n');
                    _mails.Enqueue(new Mail(from, to, text.ToString(), login));
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 ok");
                    break;
            }
        }

        async Task<string> AskAsync(string prompt)
        {
            await writer.WriteLineAsync($"334 {prompt}");
            return await reader.ReadLineAsync(_stop.Token) ?? "";
        }
    }

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static string Between(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
}
