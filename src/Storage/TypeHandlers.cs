using System.Data;
using Dapper;

namespace Rally.Storage;

/// <summary>
/// How .NET types are kept, alike on both engines: a <see cref="Guid"/> as 16 bytes in network order (so that
/// time-ordered ids sort by time), a <see cref="DateTimeOffset"/> as BIGINT milliseconds since 1970 UTC.
/// </summary>
internal static class TypeHandlers
{
    private static readonly Lazy<bool> Registered = new(() =>
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.RemoveTypeMap(typeof(Guid));
        SqlMapper.RemoveTypeMap(typeof(Guid?));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new GuidHandler());
        SqlMapper.AddTypeHandler(new TimeHandler());
        SqlMapper.AddTypeHandler(new BytesHandler());
        return true;
    });

    public static void Register() => _ = Registered.Value;

    private sealed class GuidHandler : SqlMapper.TypeHandler<Guid>
    {
        public override void SetValue(IDbDataParameter parameter, Guid value)
        {
            parameter.DbType = DbType.Binary;
            parameter.Value = value.ToByteArray(bigEndian: true);
        }

        public override Guid Parse(object value) => new((byte[])value, bigEndian: true);
    }

    private sealed class TimeHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.ToUnixTimeMilliseconds();
        }

        public override DateTimeOffset Parse(object value) => DateTimeOffset.FromUnixTimeMilliseconds((long)value);
    }

    // SQLite calls a BYTEA column that is NULL text; a handler lets a record's byte[] take it all the same.
    private sealed class BytesHandler : SqlMapper.TypeHandler<byte[]>
    {
        public override void SetValue(IDbDataParameter parameter, byte[]? value)
        {
            parameter.DbType = DbType.Binary;
            parameter.Value = value;
        }

        public override byte[] Parse(object value) => (byte[])value;
    }
}
