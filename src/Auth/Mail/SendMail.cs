using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rally.Auth.Mail;

/// <summary>Takes what is in the outbox to the SMTP server, and tries again, ever more seldom, as long as its link is good.</summary>
internal sealed class SendMail(Outbox outbox, IOptions<AuthOptions> options, TimeProvider time, ILogger<SendMail> log) : BackgroundService
{
    // Other processes' letters are found by looking.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(1);

    private const int MostDoublings = 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Mail.Host is null)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await outbox.ClaimAsync(Lease, stoppingToken) is { } waiting)
                    await DeliverAsync(waiting, stoppingToken);
            }
            catch (Exception outage) when (outage is not OperationCanceledException)
            {
                log.LogError(outage, "The mail that waits could not be read; the next try is in {Interval}.", Interval);
            }

            await outbox.WaitAsync(Interval, stoppingToken);
        }
    }

    private async Task DeliverAsync(Outbox.Waiting waiting, CancellationToken stop)
    {
        // Asked for while there was no server.
        if (waiting.Letter.To.Length > 0 && await FaultOfAsync(waiting.Letter, stop) is { } fault)
        {
            var delay = FirstDelay * (1 << (int)Math.Min(waiting.Attempts - 1, MostDoublings));
            log.LogWarning("A mail could not be sent, again in {Delay}: {Reason}", delay, fault);
            await outbox.PutOffAsync(waiting.Id, delay, stop);
            return;
        }

        await outbox.ForgetAsync(waiting.Id, stop);
    }

    /// <returns>Why it did not go, without the address, which a server's own words may repeat; null when it went.</returns>
    private async Task<string?> FaultOfAsync(Letter letter, CancellationToken stop)
    {
        var settings = options.Value.Mail;
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.StartTls };
            if (settings.UserName is { } userName)
                client.Credentials = new NetworkCredential(userName, settings.Password);
            var text = letter.Link is { } link ? $"{letter.Text}\n\n{new Uri(options.Value.PublicUrl!, link)}\n" : letter.Text + "\n";
            using var message = new MailMessage(settings.From!, letter.To, letter.Subject, text)
            {
                // Letters are ASCII in short lines, and stay readable on the way.
                BodyEncoding = Encoding.ASCII,
                BodyTransferEncoding = TransferEncoding.SevenBit,
            };
            await client.SendMailAsync(message, either.Token);
            return null;
        }
        catch (SmtpException refused)
        {
            return refused.StatusCode == SmtpStatusCode.GeneralFailure && refused.InnerException is { } inner ? inner.Message : $"{refused.StatusCode}";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"no answer within {Timeout}";
        }
    }
}
