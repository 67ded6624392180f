using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rally.Storage.Sqlite;

/// <summary>
/// A connection that keeps the statements it has prepared, as Npgsql's automatic preparation does on the other engine: to compile
/// one costs several times what running it does.
/// </summary>
internal sealed class KeepingConnection(SqliteConnectionStringBuilder settings) : SqliteConnection(settings.ToString())
{
    // More texts than any one connection has use for, unless they are composed; then the first ones are kept.
    private const int Most = 128;

    private readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CompiledStatement> _compiled = new(StringComparer.Ordinal);

    /// <summary>Whether a transaction is open that nobody has ended.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    public override SqliteCommand CreateCommand() => new KeptCommand(this) { Transaction = Transaction };

    /// <summary>A statement of the program's own, of which there are few; it goes when the connection does.</summary>
    public CompiledStatement Compiled(string text)
    {
        if (!_compiled.TryGetValue(text, out var statement))
            _compiled.Add(text, statement = new(this, text));
        return statement;
    }

    /// <summary>A command with this text and no parameters that nobody else uses.</summary>
    public SqliteCommand Take(string text)
    {
        if (_kept.Remove(text, out var kept))
            return kept;
        var command = base.CreateCommand();
        command.CommandText = text;
        return command;
    }

    /// <summary>Keeps a command whose statements have been run to their end, or at least reset.</summary>
    public void Keep(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_kept.Count >= Most || !_kept.TryAdd(command.CommandText, command))
            command.Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _kept.Values)
                command.Dispose();
            _kept.Clear();
            foreach (var statement in _compiled.Values)
                statement.Dispose();
            _compiled.Clear();
        }

        base.Dispose(disposing);
    }
}
