using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using TickStore.EndToEnd.Data;

namespace TickStore.EndToEnd.Engines.Sqlite;

/// <summary>Inserts generated rows by one prepared statement; the caller begins and ends transactions.</summary>
internal sealed class SqliteInsert : IDisposable
{
    private readonly FlatColumn[] columns;
    private readonly byte[][] symbols;
    private readonly SqliteStatement statement;

    public SqliteInsert(SqliteConnection connection, Workload workload)
    {
        columns = FlatColumn.Of(workload);
        symbols = Array.ConvertAll(workload.SymbolNames, Encoding.UTF8.GetBytes);
        var values = string.Join(", ", columns.Select(_ => "?"));
        statement = new SqliteStatement(connection, $"INSERT INTO {workload.Name} VALUES ({values})");
    }

    public void Append(int startRow, int rowCount)
    {
        for (var row = startRow; row < startRow + rowCount; row++)
        {
            for (var i = 0; i < columns.Length; i++)
            {
                Bind(i + 1, columns[i], columns[i].Offset + row);
            }

            statement.Run();
        }
    }

    public void Dispose() => statement.Dispose();

    private void Bind(int parameter, FlatColumn column, int index) =>
        _ = column.Kind switch
        {
            FlatKind.Time or FlatKind.LargeCount => Bind(parameter, ((long[])column.Values)[index]),
            FlatKind.Price or FlatKind.Count => Bind(parameter, ((int[])column.Values)[index]),
            FlatKind.Flag => Bind(parameter, ((byte[])column.Values)[index]),
            FlatKind.Symbol => raw.sqlite3_bind_text(
                statement.Handle,
                parameter,
                symbols[((int[])column.Values)[index]]
            ),
        };

    private int Bind(int parameter, long value) => raw.sqlite3_bind_int64(statement.Handle, parameter, value);
}
