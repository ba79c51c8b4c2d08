using TickStore.Core;
using TickStore.Storage.Head;

namespace TickStore.Storage.Ingest;

/// <summary>Counts rows that repeat the row before them in every declared column, bit by bit.</summary>
internal static class RowCompare
{
    /// <summary>Rows of a batch that repeat; the first one is compared with the last row of the table's head, if there
    /// is one.</summary>
    /// <remarks>Rows that differ in time or cluster symbol, as most do, cost one or two comparisons.</remarks>
    public static long CountRepeats(in TableBatch batch)
    {
        var schema = batch.Table.Schema;
        var rows = batch.Rows;
        if (batch.RowCount == 0)
        {
            return 0;
        }

        var repeats = batch.Table.Head.Tail is { } tail && tail.LastRowEquals(rows, batch.StartRow) ? 1L : 0L;
        var end = batch.StartRow + batch.RowCount;
        var times = schema.EventTimeColumn >= 0 ? rows[schema.EventTimeColumn].Values<long>() : default;
        var symbols = schema.ClusterColumn >= 0 ? rows[schema.ClusterColumn].Values<int>() : default;
        for (var row = batch.StartRow + 1; row < end; row++)
        {
            var differs =
                (!times.IsEmpty && times[row] != times[row - 1])
                || (!symbols.IsEmpty && symbols[row] != symbols[row - 1]);
            if (!differs && Repeats(rows, row))
            {
                repeats++;
            }
        }

        return repeats;
    }

    private static bool Repeats(Batch rows, int row)
    {
        for (var i = 0; i < rows.ColumnCount; i++)
        {
            if (!Equal(rows[i], row - 1, row))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Equal(ColumnVector column, int a, int b)
    {
        if (column.IsNull(a) || column.IsNull(b))
        {
            return column.IsNull(a) && column.IsNull(b);
        }

        if (column.Type.Kind == TypeKind.Varchar)
        {
            return column.Utf8(a).SequenceEqual(column.Utf8(b));
        }

        var width = column.Type.ElementBytes;
        for (var level = 0; level < column.Type.LevelCount; level++)
        {
            var bytes = column.LevelBytes(level);
            if (!bytes.Slice(a * width, width).SequenceEqual(bytes.Slice(b * width, width)))
            {
                return false;
            }
        }

        return true;
    }
}
