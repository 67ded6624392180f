using System.Diagnostics;

namespace Rally.Testing;

/// <summary>Waits for something that another thread or process brings about, by looking until it is so.</summary>
public static class Eventually
{
    /// <summary>Looks every 10 ms; after <paramref name="within"/> (20 s unless told) fails with what was wanted.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string wanted, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > (within ?? TimeSpan.FromSeconds(20)))
                throw new TimeoutException($"Not within {watch.Elapsed.TotalSeconds:0.0} s: {wanted}");
            await Task.Delay(10);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task TrueAsync(Func<bool> condition, string wanted, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), wanted, within);
}
