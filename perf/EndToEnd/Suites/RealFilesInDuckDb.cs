using System.Globalization;
using DuckDB.NET.Data;
using TickStore.Core;
using TickStore.EndToEnd.Data;

namespace TickStore.EndToEnd.Suites;

/// <summary>
/// The rows of an imported table in DuckDB, by way of a Parquet file: as they arrived, sorted by symbol and time, and sorted in a
/// Parquet file with zstd pages that DuckDB writes. Symbols are an ENUM and a book level is a column, as in the other suites.
/// </summary>
internal sealed class RealFilesInDuckDb : IDisposable
{
    private readonly DuckDBConnection connection = new("Data Source=:memory:");

    public RealFilesInDuckDb()
    {
        connection.Open();
        Execute($"SET threads = {Math.Min(2, Environment.ProcessorCount)}");
    }

    /// <summary>Product and version.</summary>
    public string Version => $"DuckDB {connection.ServerVersion}";

    /// <summary>Gets ready the rows of a Parquet file, in arrival order, whose times are whole numbers of nanoseconds.</summary>
    public void Stage(TableSchema schema, string parquet)
    {
        var columns = schema.Columns.SelectMany(c =>
            c.Type.Kind == TypeKind.Timestamp
                ? [$"{TimeOf($"\"{c.Name}\"", parquet)} AS \"{c.Name}\""]
                : ColumnSum.NamesOf(c).Select(n => $"\"{n}\"")
        );
        Execute(
            $"CREATE OR REPLACE VIEW staged AS SELECT {string.Join(", ", columns)}, file_row_number AS arrival FROM '{parquet}'"
        );
    }

    /// <summary>Makes a table file of the staged rows, checks its sums, and gives its bytes.</summary>
    /// <param name="schema">The table in TickStore.</param>
    /// <param name="path">The file to be made.</param>
    /// <param name="isSorted">True to sort by symbol, time and arrival.</param>
    /// <param name="expected">The sums of all columns.</param>
    public long FileBytes(TableSchema schema, string path, bool isSorted, ColumnSum[] expected)
    {
        Execute($"ATTACH '{path}' AS filed");
        try
        {
            foreach (var column in schema.Columns.Where(c => c.Type.Kind == TypeKind.Symbol))
            {
                Execute(
                    $"CREATE TYPE filed.main.\"{column.Name}_names\" AS ENUM (SELECT DISTINCT \"{column.Name}\" "
                        + $"FROM staged WHERE \"{column.Name}\" IS NOT NULL ORDER BY ALL)"
                );
            }

            var columns = schema.Columns.SelectMany(c =>
                c.Type.Kind == TypeKind.Symbol
                    ? [$"\"{c.Name}\"::filed.main.\"{c.Name}_names\" AS \"{c.Name}\""]
                    : ColumnSum.NamesOf(c).Select(n => $"\"{n}\"")
            );
            var order = isSorted ? OrderOf(schema) : string.Empty;
            Execute($"CREATE TABLE filed.\"rows\" AS SELECT {string.Join(", ", columns)} FROM staged{order}");
            Execute("CHECKPOINT filed");
            MustAgree(schema, "filed.\"rows\"", expected, isSorted ? "DuckDB, sorted" : "DuckDB");
        }
        finally
        {
            Execute("DETACH filed");
        }

        return new FileInfo(path).Length;
    }

    /// <summary>Writes the staged rows, sorted by symbol, time and arrival, into a Parquet file; gives its bytes.</summary>
    public long ParquetBytes(TableSchema schema, string path, ColumnSum[] expected)
    {
        Execute(
            $"COPY (SELECT * EXCLUDE (arrival) FROM staged{OrderOf(schema)}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        );
        MustAgree(schema, $"'{path}'", expected, "Parquet");
        return new FileInfo(path).Length;
    }

    public void Dispose() => connection.Dispose();

    private static string OrderOf(TableSchema schema)
    {
        var time = schema.Columns[schema.EventTimeColumn].Name;
        return schema.ClusterColumn >= 0
            ? $" ORDER BY \"{schema.Columns[schema.ClusterColumn].Name}\", \"{time}\", arrival"
            : $" ORDER BY \"{time}\", arrival";
    }

    // In the coarsest type that holds every time: a column of milliseconds is smaller than the same in nanoseconds.
    private string TimeOf(string nanos, string parquet)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT count_if({nanos} % 1000000 <> 0), count_if({nanos} % 1000 <> 0) FROM '{parquet}'";
        using var reader = command.ExecuteReader();
        reader.Read();
        var (finerThanMillis, finerThanMicros) = ($"{reader.GetValue(0)}" != "0", $"{reader.GetValue(1)}" != "0");
        return finerThanMicros ? $"make_timestamp_ns({nanos})"
            : finerThanMillis ? $"make_timestamp({nanos} // 1000)"
            : $"make_timestamp({nanos} // 1000)::TIMESTAMP_MS";
    }

    private void MustAgree(TableSchema schema, string source, ColumnSum[] expected, string what)
    {
        var columns = schema.Columns.SelectMany(c => ColumnSum.NamesOf(c).Select(n => ColumnSum.SqlOf(c, n)));
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", columns)} FROM {source}";
        using var reader = command.ExecuteReader();
        reader.Read();
        for (var i = 0; i < expected.Length; i++)
        {
            var invariant = CultureInfo.InvariantCulture;
            var actual = new ColumnSum(
                expected[i].Column,
                long.Parse(reader.GetString(3 * i), invariant),
                Int128.Parse(reader.GetString((3 * i) + 1), invariant),
                double.Parse(reader.GetString((3 * i) + 2), invariant)
            );
            if (!actual.Agrees(expected[i]))
            {
                throw new InvalidDataException($"{schema.Name} in {what}: {actual} instead of {expected[i]}");
            }
        }
    }

    private void Execute(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
