using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace TickStore.EndToEnd.Engines.Sqlite;

/// <summary>A prepared statement of SQLite's C interface.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 database;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(database, sql, out var handle));
        Handle = handle;
    }

    /// <summary>For <see cref="raw"/>: binding values and reading columns of the row that <see cref="Step"/> found.</summary>
    public sqlite3_stmt Handle { get; }

    /// <summary>Finds the next row; false at the end.</summary>
    /// <exception cref="SqliteException">It failed or was interrupted.</exception>
    public bool Step()
    {
        var state = raw.sqlite3_step(Handle);
        if (state is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Check(state);
        }

        return state == raw.SQLITE_ROW;
    }

    /// <summary>Runs a statement without rows, and makes it ready for the next time.</summary>
    public void Run()
    {
        Step();
        Check(raw.sqlite3_reset(Handle));
    }

    /// <summary>
    /// All rows, as long, double or string; a column whose name ends in <paramref name="centsSuffix"/> as decimal, divided by 100.
    /// </summary>
    public object[][] Read(string centsSuffix)
    {
        var columnCount = raw.sqlite3_column_count(Handle);
        var isCents = new bool[columnCount];
        for (var i = 0; i < columnCount; i++)
        {
            isCents[i] = raw.sqlite3_column_name(Handle, i)
                .utf8_to_string()
                .EndsWith(centsSuffix, StringComparison.Ordinal);
        }

        var rows = new List<object[]>();
        while (Step())
        {
            var row = new object[columnCount];
            for (var i = 0; i < columnCount; i++)
            {
                row[i] = raw.sqlite3_column_type(Handle, i) switch
                {
                    raw.SQLITE_INTEGER when isCents[i] => raw.sqlite3_column_int64(Handle, i) / 100m,
                    raw.SQLITE_INTEGER => raw.sqlite3_column_int64(Handle, i),
                    raw.SQLITE_FLOAT => raw.sqlite3_column_double(Handle, i),
                    raw.SQLITE_TEXT => raw.sqlite3_column_text(Handle, i).utf8_to_string(),
                    var type => throw new InvalidDataException(
                        $"Column {i + 1} of an answer is of SQLite's type {type}"
                    ),
                };
            }

            rows.Add(row);
        }

        return [.. rows];
    }

    public void Dispose() => Handle.Dispose();

    private void Check(int state) => SqliteException.ThrowExceptionForRC(state, database);
}
