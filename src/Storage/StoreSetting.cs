namespace Rally.Storage;

/// <summary>The engines a store can run on.</summary>
public enum Engine
{
    /// <summary>One file, one process.</summary>
    Sqlite,

    /// <summary>A PostgreSQL database (15 or newer), for several processes.</summary>
    Postgres,
}

/// <summary>Which engine, and where: <c>sqlite:PATH</c> or <c>postgres:CONNECTION</c>.</summary>
/// <param name="Engine">The engine named before the colon.</param>
/// <param name="Target">A file's path, or an Npgsql connection string (<c>Host=…;Database=…</c>).</param>
public sealed record StoreSetting(Engine Engine, string Target)
{
    /// <summary>Reads a setting.</summary>
    /// <exception cref="FormatException">Neither form fits; the message says what to write.</exception>
    public static StoreSetting Parse(string setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        var colon = setting.IndexOf(':', StringComparison.Ordinal);
        var (engine, target) = colon < 0 ? ("", "") : (setting[..colon], setting[(colon + 1)..].Trim());
        if (target.Length > 0 && engine == "sqlite")
            return new(Engine.Sqlite, Path.GetFullPath(target));
        if (target.Length > 0 && engine is "postgres" or "postgresql")
            return new(Engine.Postgres, target.StartsWith("//", StringComparison.Ordinal) ? FromUrl(setting) : target);

        // The setting may hold a password, so the message does not repeat it.
        throw new FormatException(
            "The store must be 'sqlite:PATH' (for example sqlite:data/rally.db) or " +
            "'postgres:CONNECTION' (for example postgres:Host=127.0.0.1;Database=rally;Username=rally;Password=…).");
    }

    private static string FromUrl(string setting)
    {
        if (!Uri.TryCreate(setting, UriKind.Absolute, out var url) || url.AbsolutePath.Length < 2)
            throw new FormatException("The store's address must look like postgres://user:password@host:port/database.");
        var user = url.UserInfo.Split(':', 2);
        return new Npgsql.NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.IsDefaultPort || url.Port < 0 ? 5432 : url.Port,
            Database = Uri.UnescapeDataString(url.AbsolutePath[1..]),
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        }.ConnectionString;
    }
}
