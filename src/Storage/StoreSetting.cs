using Npgsql;

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
/// <param name="Target">A file's full path, or an Npgsql connection string (<c>Host=…;Database=…</c>), which may hold a password.</param>
public sealed record StoreSetting(Engine Engine, string Target)
{
    /// <summary>Reads a setting.</summary>
    /// <param name="setting">See <see cref="StoreSetting"/>.</param>
    /// <param name="baseFolder">What a relative path is below; the current folder when null.</param>
    /// <exception cref="FormatException">Neither form fits; the message says what to write and repeats nothing of the setting.</exception>
    public static StoreSetting Parse(string setting, string? baseFolder = null)
    {
        ArgumentNullException.ThrowIfNull(setting);
        var colon = setting.IndexOf(':', StringComparison.Ordinal);
        var (engine, target) = colon < 0 ? ("", "") : (setting[..colon], setting[(colon + 1)..].Trim());
        if (target.Length > 0 && engine == "sqlite")
            return new(Engine.Sqlite, FilePath(target, baseFolder ?? Directory.GetCurrentDirectory()));
        if (target.Length > 0 && engine is "postgres" or "postgresql")
            return new(Engine.Postgres, target.StartsWith("//", StringComparison.Ordinal) ? FromUrl(setting.Trim()) : Checked(target));

        throw new FormatException(
            "The store must be 'sqlite:PATH' (for example sqlite:data/rally.db) or " +
            "'postgres:CONNECTION' (for example postgres:Host=127.0.0.1;Database=rally;Username=rally;Password=…).");
    }

    /// <summary>The setting in full, its path absolute, for <see cref="Database.Open"/>; it may hold a password.</summary>
    public string ToSetting() => $"{(Engine == Engine.Sqlite ? "sqlite" : "postgres")}:{Target}";

    /// <summary>The setting without what may hold a password.</summary>
    public override string ToString() => Engine == Engine.Sqlite ? $"sqlite:{Target}" : "postgres:…";

    private static string FilePath(string path, string baseFolder) =>
        Path.EndsInDirectorySeparator(path)
            ? throw new FormatException("The store's path must name a file, not a folder: for example sqlite:data/rally.db.")
            : Path.GetFullPath(path, baseFolder);

    // Npgsql's own message would quote a keyword, and a password with an unquoted semicolon makes keywords of its parts.
    private static string Checked(string connection)
    {
        try
        {
            if (new NpgsqlConnectionStringBuilder(connection).Host is { Length: > 0 })
                return connection;
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or OverflowException)
        {
        }

        throw new FormatException(
            "The store's PostgreSQL connection cannot be read: it must look like " +
            "Host=127.0.0.1;Port=5432;Database=rally;Username=rally;Password='…', with a Host, and quotes around values that hold a semicolon.");
    }

    private static string FromUrl(string setting)
    {
        if (!Uri.TryCreate(setting, UriKind.Absolute, out var url) || url.DnsSafeHost.Length == 0 || url.AbsolutePath.Length < 2 ||
            url.Query.Length > 0)
            throw new FormatException(
                "The store's address must look like postgres://user:password@host:port/database; " +
                "where it needs options, write it as postgres:Host=…;Database=…;SSL Mode=… instead.");
        var user = url.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = url.DnsSafeHost,
            Port = url.Port > 0 ? url.Port : 5432,
            Database = Uri.UnescapeDataString(url.AbsolutePath[1..]),
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        }.ConnectionString;
    }
}
