using System.Data.Common;
using System.Globalization;
using System.Numerics;
using TickStore.EndToEnd.Data;

namespace TickStore.EndToEnd.Engines;

/// <summary>What the SQL engines with an ADO.NET provider have in common.</summary>
internal static class SqlRows
{
    /// <summary>Runs a statement without a time limit.</summary>
    public static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }

    /// <summary>The first value of a query.</summary>
    public static long Scalar(DbConnection connection, string sql) => (long)Read(connection, sql)[0][0];

    /// <summary>A checksum out of a query of four whole numbers.</summary>
    public static RowChecksum Checksum(DbConnection connection, string sql)
    {
        var row = Read(connection, sql)[0];
        return new((long)row[0], (long)row[1], (long)row[2], (long)row[3]);
    }

    /// <summary>All rows of a query, without a time limit.</summary>
    public static object[][] Read(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return Read(command);
    }

    /// <summary>All rows of a command, as long, decimal, double or string.</summary>
    public static object[][] Read(DbCommand command)
    {
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Plain(reader.GetValue(i));
            }

            rows.Add(row);
        }

        return [.. rows];
    }

    private static object Plain(object value) =>
        value switch
        {
            long or decimal or double or string => value,
            int or short or uint or bool or byte => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong or float => throw new InvalidDataException($"No query gives {value.GetType().Name}"),
            BigInteger large => (decimal)large,
            DBNull => throw new InvalidDataException("No query gives NULL"),
            _ => value.ToString()!,
        };
}
