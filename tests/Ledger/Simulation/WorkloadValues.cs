using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>Ids, people, coins and amounts at random.</summary>
internal sealed partial class Workload
{
    private Guid NewId()
    {
        if (_taken.Count > 0 && Chance(4))
            return _taken[_random.Next(_taken.Count)];
        return Chance(1) && _sent.Count > 0 && IdOf(Sent()) is { } used ? used : CleanId();
    }

    /// <summary>UUID version 7, most of the time with the right time; in calm seeds each above the one before.</summary>
    private Guid CleanId()
    {
        const long fiveYears = 5L * 365 * 24 * 3_600 * 1_000;
        _lastIdTime = Math.Max(_lastIdTime + 1, _now);
        var time = (_isCalm ? 16 : _random.Next(16)) switch
        {
            16 => _lastIdTime,
            0 => _now + _random.NextInt64(-fiveYears, fiveYears),
            1 => _random.NextInt64(1L << 48),
            _ => _now,
        };
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        for (var i = 0; i < 6; i++)
            bytes[i] = (byte)(time >> (8 * (5 - i)));
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private Guid AnyGuid()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    private Operation Sent() => _sent[^(1 + _random.Next(Math.Min(_sent.Count, Chance(50) ? 10 : 500)))];

    /// <summary>Mostly of a coin that there is.</summary>
    private string Symbol()
    {
        var symbol = Symbols[_random.Next(Symbols.Length - 1)];
        for (var tries = 0; tries < 3 && !_state.Coins.ContainsKey(symbol); tries++)
            symbol = Symbols[_random.Next(Symbols.Length - 1)];
        return Chance(97) ? symbol : Symbols[^1];
    }

    private string Market()
    {
        var symbol = Symbol();
        for (var tries = 0; tries < 3 && _state.Coins.GetValueOrDefault(symbol)?.Curve is "base" or "fixed"; tries++)
            symbol = Symbol();
        return symbol;
    }

    private Guid Other(Guid person) => Person() is var other && other == person && Chance(80) ? Person() : other;

    private Guid Person() => _people[_random.Next(_people.Length)];

    /// <summary>Mostly somebody who has something of it.</summary>
    private (Guid Holder, string Symbol) Holding(Func<string> any)
    {
        var (holder, symbol) = (Person(), any());
        for (var tries = 0; tries < 4 && _state.Balance(AccountKey.Of(holder, symbol)) == 0; tries++)
            (holder, symbol) = (Person(), any());
        return (holder, symbol);
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(params T[] all) => all[_random.Next(all.Length)];

    private long Beside(long amount) => Math.Max(1, amount + _random.Next(-1, 2));

    /// <summary>Something of it, all of it, or a unit more.</summary>
    private long Near(long balance) => _random.Next(12) switch
    {
        0 => Beside(balance),
        1 => AnyUpTo(1_000_000),
        _ => AnyUpTo(Math.Max(1, balance)),
    };

    /// <summary>From 1, any number of digits as likely as another.</summary>
    private long AnyUpTo(long most) => 1 + (_random.NextInt64(most) >> _random.Next(0, Math.Max(1, 62 - System.Numerics.BitOperations.LeadingZeroCount((ulong)most))));
}
