using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Rally.Auth.Server;

/// <summary>
/// Refresh tokens that this process issued lately, as it wrote them. They may be used, revoked or gone meanwhile, here or in another
/// process: what is issued for one counts only if the store finds its grant as it is known here (<see cref="Rotation"/>), and
/// no refusal is told from memory. Each is looked at once.
/// </summary>
internal sealed class KnownRefreshTokens
{
    // Some megabytes.
    private const int Most = 10_000;

    // By the end of the hash, of which half is enough not to meet another; whoever takes one compares the whole.
    private readonly ConcurrentDictionary<UInt128, SeenRefreshToken> _all = new();

    /// <returns>Null for one that is not known.</returns>
    public SeenRefreshToken? Take(byte[] hash) => _all.TryRemove(KeyOf(hash), out var known) ? known : null;

    public void Remember(byte[] hash, SeenRefreshToken token)
    {
        if (_all.Count >= Most)
            _all.Clear();
        _all[KeyOf(hash)] = token;
    }

    private static UInt128 KeyOf(byte[] hash) => BinaryPrimitives.ReadUInt128BigEndian(hash.AsSpan(hash.Length - 16));
}
