using System.Data.Common;
using TickStore.EndToEnd.Data;

namespace TickStore.EndToEnd.Peers;

/// <summary>What the peers' SQL has in common.</summary>
internal static class PeerSql
{
    public static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 600;
        command.ExecuteNonQuery();
    }

    public static long Scalar(DbConnection connection, string sql) => Row(connection, sql)[0];

    /// <summary>The checksum out of a query of four integers.</summary>
    public static RowChecksum Checksum(DbConnection connection, string sql)
    {
        var row = Row(connection, sql);
        return new(row[0], row[1], row[2], row[3]);
    }

    private static long[] Row(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 600;
        using var reader = command.ExecuteReader();
        reader.Read();
        var row = new long[reader.FieldCount];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = Convert.ToInt64(reader.GetValue(i));
        }

        return row;
    }
}
