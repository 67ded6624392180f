namespace Rally.Bot.Demo;

internal static class DemoCommand
{
    internal sealed record Options(DirectoryInfo? Data, int Port, string? Store, bool Once);
    public static Task<int> RunAsync(Options options, CancellationToken stop) => Task.FromResult(options.Once ? 1 : 0);
}
