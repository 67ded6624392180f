using System.Data;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Rally.Storage.Sqlite;

/// <summary>What stands in for a command that the connection keeps, from its text to its disposal.</summary>
internal sealed class KeptCommand(KeepingConnection connection) : SqliteCommand
{
    private SqliteCommand? _kept;
    private bool _failed;

    [AllowNull]
    public override string CommandText
    {
        get => _kept?.CommandText ?? "";
        set
        {
            var before = _kept;
            _kept = connection.Take(value ?? "");
            if (before is null)
                return;
            // Dapper writes a list into the text when the parameters are there already.
            foreach (SqliteParameter parameter in before.Parameters)
                _kept.Parameters.Add(parameter);
            connection.Keep(before);
        }
    }

    public override int CommandTimeout { get; set; } = connection.DefaultTimeout;

    public override SqliteConnection? Connection
    {
        get => connection;
        set => throw new NotSupportedException("The command belongs to its connection.");
    }

    public override SqliteTransaction? Transaction { get; set; }

    public override SqliteParameterCollection Parameters => Kept.Parameters;

    private SqliteCommand Kept => _kept ??= connection.Take("");

    public override void Prepare() => Run(command =>
    {
        command.Prepare();
        return true;
    });

    public override SqliteDataReader ExecuteReader() => Run(command => command.ExecuteReader());

    public override SqliteDataReader ExecuteReader(CommandBehavior behavior) => Run(command => command.ExecuteReader(behavior));

    public override int ExecuteNonQuery() => Run(command => command.ExecuteNonQuery());

    public override object? ExecuteScalar() => Run(command => command.ExecuteScalar());

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _kept, null) is { } kept)
        {
            if (_failed)
                kept.Dispose();
            else
                connection.Keep(kept);
        }

        base.Dispose(disposing);
    }

    private T Run<T>(Func<SqliteCommand, T> run)
    {
        Kept.Transaction = Transaction;
        Kept.CommandTimeout = CommandTimeout;
        _failed = true;
        var result = run(Kept);
        _failed = false;
        return result;
    }
}
