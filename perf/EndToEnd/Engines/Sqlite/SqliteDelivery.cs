using SQLitePCL;

namespace TickStore.EndToEnd.Engines.Sqlite;

/// <summary>Q12: steps through rows of ts, sym, px, qty, side, and looks at what the answer asks for.</summary>
internal static class SqliteDelivery
{
    public static object[][] Read(SqliteStatement statement)
    {
        var row = statement.Handle;
        var (rowCount, quantity, cents, isOrdered, latest) = (0L, 0L, 0L, 1L, long.MinValue);
        while (statement.Step())
        {
            var time = raw.sqlite3_column_int64(row, 0);
            isOrdered &= time >= latest ? 1 : 0;
            latest = time;
            rowCount++;
            cents += raw.sqlite3_column_int64(row, 2);
            quantity += raw.sqlite3_column_int64(row, 3);
        }

        return
        [
            [rowCount, quantity, cents, isOrdered],
        ];
    }
}
