using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rally.Testing;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>A way in which a receiver fails, and what is to come of it.</summary>
/// <param name="Name">For whoever reads that a test failed.</param>
/// <param name="Reason">What the owner is told, or how that begins.</param>
internal sealed record Fault(string Name, string Reason)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How it answers; null when no request gets so far, and then <see cref="Url"/> says where.</summary>
    public Func<HttpContext, Task>? Answer { get; init; }

    /// <summary>Where nothing answers as it should.</summary>
    public Func<FaultySites, string>? Url { get; init; }

    /// <summary>The status that is kept of the attempt.</summary>
    public long? Status { get; init; }

    /// <summary>Whether a reset may overtake the status that was sent before it.</summary>
    public bool LosesStatus { get; init; }

    /// <summary>How long after a failure it is tried again: at first, and at least each time.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether it fails only once the time for an answer is over.</summary>
    public bool TimesOut { get; init; }

    /// <summary>Whether it disables the endpoint at once.</summary>
    public bool IsGone { get; init; }

    /// <summary>How long an attempt takes.</summary>
    public TimeSpan Lasts => TimesOut ? AnswerTimeout : TimeSpan.Zero;

    /// <param name="elsewhere">What redirects lead to.</param>
    /// <param name="clock">What dates are told by.</param>
    public static Fault[] All(Receiver elsewhere, FakeClock clock) =>
    [
        new("hangs", "No complete answer within 15 s.") { Answer = Receiver.Hang, TimesOut = true },
        new("slow drip", "No complete answer within 15 s.") { Answer = DripAsync, Status = 200, TimesOut = true },
        new("reset", "The connection broke before the answer was complete.") { Answer = Reset },
        new("reset mid-body", "The connection broke before the answer was complete.") { Answer = BreakOffAsync, Status = 200, LosesStatus = true },
        new("ends mid-body", "The connection broke before the answer was complete.") { Url = sites => sites.EndsEarly, Status = 200 },
        new("redirect", "It answered 301; redirects are not followed.") { Answer = context => Redirect(context, elsewhere.Url), Status = 301 },
        Answers(404),
        Answers(500),
        new("gone", "It answered 410 Gone.") { Answer = context => Receiver.Status(context, 410), Status = 410, IsGone = true },
        Answers(502) with { Delay = TimeSpan.FromMinutes(1) },
        Answers(504) with { Delay = TimeSpan.FromMinutes(1) },
        Busy(429, () => "120", TimeSpan.FromMinutes(2)),
        Busy(503, () => clock.GetUtcNow().AddMinutes(2).ToString("R", CultureInfo.InvariantCulture), TimeSpan.FromMinutes(2)),
        Busy(429, () => "99999999", TimeSpan.FromDays(1)),
        new("endless headers", "The HTTP response headers length exceeded") { Answer = LongHeaders },
        new("refuses", "Connection refused") { Url = sites => sites.Nowhere },
        new("no such name", "Name or service not known") { Url = _ => "http://nowhere.invalid/hook" },
        new("junk", "Received an invalid status") { Url = sites => sites.Junk },
        new("junk before the end", "The connection broke before the answer was complete.") { Url = sites => sites.BrokenOff },
        new("no TLS", "No TLS connection") { Url = sites => sites.NoTls },
        new("self-signed", "No TLS connection: The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot") { Url = sites => sites.SelfSigned },
        new("expired", "No TLS connection: The remote certificate is invalid because of errors in the certificate chain: NotTimeValid") { Url = sites => sites.Expired },
        new("another's certificate", "No TLS connection: The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch") { Url = sites => sites.WrongName },
    ];

    private static Fault Answers(int status) =>
        new($"{status}", $"It answered {status}.") { Answer = context => Receiver.Status(context, status), Status = status };

    private static Fault Busy(int status, Func<string> retryAfter, TimeSpan delay) => Answers(status) with
    {
        Delay = delay,
        Answer = context =>
        {
            context.Response.Headers.RetryAfter = retryAfter();
            return Receiver.Status(context, status);
        },
    };

    private static Task Redirect(HttpContext context, string location)
    {
        context.Response.Headers.Location = location;
        return Receiver.Status(context, 301);
    }

    private static Task Reset(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    private static Task LongHeaders(HttpContext context)
    {
        for (var i = 0; i < 20; i++)
            context.Response.Headers[$"X-{i}"] = new string('x', 1_000);
        return Task.CompletedTask;
    }

    private static async Task BreakOffAsync(HttpContext context)
    {
        context.Response.ContentLength = 100;
        await context.Response.Body.WriteAsync("only this"u8.ToArray());
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    /// <summary>A byte at a time, for ever.</summary>
    private static async Task DripAsync(HttpContext context)
    {
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await context.Response.Body.WriteAsync("."u8.ToArray());
            await context.Response.Body.FlushAsync();
            await Task.Delay(20);
        }
    }
}
