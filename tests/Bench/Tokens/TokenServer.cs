using System.Diagnostics;
using System.Text;

namespace Rally.Bench.Tokens;

/// <summary>A token server in a process of its own, with one confidential client.</summary>
internal abstract class TokenServer(Process process) : IDisposable
{
    public const string ClientId = "bench";
    public const string ClientSecret = "bench-secret-0123456789-0123456789-abcdef";
    public const string RedirectUri = "http://127.0.0.1:9/callback";

    public static string Basic { get; } = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{ClientId}:{ClientSecret}"));

    public abstract Uri TokenEndpoint { get; }

    public abstract Uri IntrospectionEndpoint { get; }

    /// <summary>Time of processors that it has taken so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>New refresh tokens, each of a grant of its own.</summary>
    public abstract Task<IReadOnlyList<string>> RefreshTokensAsync(int count);

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}
