using Microsoft.Data.Sqlite;

namespace Rally.Ledger.Store;

/// <summary>
/// A statement compiled once and run many times. Dapper's call for each row costs three times as much here.
/// </summary>
internal sealed class PreparedStatement : IDisposable
{
    private readonly SqliteCommand _command;

    /// <param name="connection">Where it runs.</param>
    /// <param name="sql">One statement, whose parameters are numbered ?1, ?2 …</param>
    /// <param name="types">Of its parameters, in order.</param>
    public PreparedStatement(SqliteConnection connection, string sql, params ReadOnlySpan<SqliteType> types)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var i = 0; i < types.Length; i++)
            _command.Parameters.Add($"?{i + 1}", types[i]);
    }

    public void Enlist(SqliteTransaction transaction) => _command.Transaction = transaction;

    public SqliteDataReader Query(params ReadOnlySpan<object> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    /// <summary>Runs a statement that must change exactly one row.</summary>
    public void ChangeOne(params ReadOnlySpan<object> values)
    {
        Bind(values);
        if (_command.ExecuteNonQuery() is var changed and not 1)
            throw new InvalidOperationException($"{changed} rows changed instead of one by: {_command.CommandText}");
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i];
    }
}
