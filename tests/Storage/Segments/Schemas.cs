// Table schemas that the tests of segments, scans and compaction share.
using TickStore.Core;

namespace TickStore.Tests.Storage.Segments;

internal static class Schemas
{
    public static TableSchema Trades =>
        new(
            "trades",
            [
                new ColumnSchema("ts", DataType.Timestamp, false),
                new ColumnSchema("sym", DataType.Symbol, false),
                new ColumnSchema("px", DataType.Double),
                new ColumnSchema("qty", DataType.Int),
            ]
        )
        {
            EventTimeColumn = 0,
            ClusterColumn = 1,
        };

    public static TableSchema NoCluster =>
        new(
            "events",
            [
                new ColumnSchema("ts", DataType.Timestamp, false),
                new ColumnSchema("n", DataType.BigInt),
                new ColumnSchema("t", DataType.Varchar),
            ]
        )
        {
            EventTimeColumn = 0,
        };

    public static TableSchema NoTime =>
        new(
            "settings",
            [
                new ColumnSchema("sym", DataType.Symbol, false),
                new ColumnSchema("v", DataType.Real),
                new ColumnSchema("s", DataType.Symbol),
            ]
        )
        {
            ClusterColumn = 0,
        };

    public static TableSchema Everything =>
        new(
            "everything",
            [
                new ColumnSchema("b", DataType.Boolean),
                new ColumnSchema("i2", DataType.SmallInt),
                new ColumnSchema("i4", DataType.Int),
                new ColumnSchema("i8", DataType.BigInt),
                new ColumnSchema("r", DataType.Real),
                new ColumnSchema("d", DataType.Double),
                new ColumnSchema("dec", DataType.Decimal(18, 6)),
                new ColumnSchema("ts", DataType.Timestamp, false),
                new ColumnSchema("recv", DataType.Timestamp),
                new ColumnSchema("day", DataType.Date),
                new ColumnSchema("iv", DataType.Interval),
                new ColumnSchema("sym", DataType.Symbol, false),
                new ColumnSchema("s2", DataType.Symbol),
                new ColumnSchema("txt", DataType.Varchar),
                new ColumnSchema("bid", DataType.Double.ArrayOf(5)),
                new ColumnSchema("sizes", DataType.Int.ArrayOf(3)),
                new ColumnSchema("flags", DataType.Boolean.ArrayOf(2)),
                new ColumnSchema("decs", DataType.Decimal(9, 2).ArrayOf(2), false),
            ]
        )
        {
            EventTimeColumn = 7,
            ReceiveTimeColumn = 8,
            ClusterColumn = 11,
        };

    public static TableSchema[] All => [Trades, NoCluster, NoTime, Everything];
}
