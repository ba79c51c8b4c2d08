// All rows of a segment as texts of their bits, in the order of the file; and what they should be by LINQ.
using TickStore.Core;
using TickStore.Storage.Scans;
using TickStore.Storage.Segments;

namespace TickStore.Tests.Storage.Segments;

internal static class SegmentRows
{
    public static List<string> Texts(RandomTable table, SegmentReader reader)
    {
        var columns = Enumerable.Range(0, table.Schema.AllColumns.Count).ToArray();
        var source = new SnapshotTable(table.Schema, table.Symbols, long.MaxValue, [reader], []);
        var texts = new List<string>();
        using var scan = source.OpenScan(
            new ScanRequest { Columns = columns, Order = ScanOrder.Clustered },
            table.Pool,
            TestContext.Current.CancellationToken
        );
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var batches = scan.OpenMorsel(morsel);
            while (batches.Next() is { } batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    texts.Add(RandomTable.Text(batch, row, columns));
                }
            }
        }

        return texts;
    }

    public static List<string> Expected(RandomTable table, IEnumerable<int> rows) =>
        [
            .. rows.OrderBy(table.Symbol)
                .ThenBy(table.Time)
                .ThenBy(table.Sequence)
                .Select(row => RandomTable.Text(table.All, row, Enumerable.Range(0, table.Schema.AllColumns.Count))),
        ];
}
