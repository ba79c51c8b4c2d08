// Seeded tables and rows of every type for the tests of the write path: NULLs, text, arrays, late rows, repeats.
using System.Text;
using TickStore.Core;
using TickStore.Storage;

namespace TickStore.Tests.Storage.Ingest;

internal sealed class RowMaker(int seed) : IDisposable
{
    private readonly BlockPool pool = new(new MemoryBudget(1L << 30, "test rows"));
    private readonly List<Batch> made = [];
    private long clock = StillClock.Nanos - (3L * 86_400_000_000_000);

    public Random Random { get; } = new(seed);

    public static TableSchema Trades(string name = "trades") =>
        new(
            name,
            [
                new ColumnSchema("ts", DataType.Timestamp, Nullable: false),
                new ColumnSchema("sym", DataType.Symbol, Nullable: false),
                new ColumnSchema("px", DataType.Decimal(12, 4), Nullable: false),
                new ColumnSchema("qty", DataType.Int),
                new ColumnSchema("note", DataType.Varchar),
            ]
        )
        {
            EventTimeColumn = 0,
            ClusterColumn = 1,
            LatenessNanos = 40,
        };

    public static TableSchema Books(string name = "books") =>
        new(
            name,
            [
                new ColumnSchema("sym", DataType.Symbol, Nullable: false),
                new ColumnSchema("ts", DataType.Timestamp, Nullable: false),
                new ColumnSchema("bid", DataType.Double.ArrayOf(3)),
                new ColumnSchema("size", DataType.Int.ArrayOf(3), Nullable: false),
                new ColumnSchema("open", DataType.Boolean),
                new ColumnSchema("day", DataType.Date),
                new ColumnSchema("rate", DataType.Real),
                new ColumnSchema("span", DataType.Interval),
            ]
        )
        {
            EventTimeColumn = 1,
            ClusterColumn = 0,
            Partition = PartitionUnit.Hour,
        };

    public static TableSchema Plain(string name = "plain") =>
        new(
            name,
            [
                new ColumnSchema("text", DataType.Varchar),
                new ColumnSchema("n", DataType.BigInt),
                new ColumnSchema("venue", DataType.Symbol),
            ]
        )
        {
            Partition = PartitionUnit.None,
        };

    /// <summary>Rows for a table. They live until this is disposed of.</summary>
    public TableBatch Make(StorageEngine engine, StorageTable table, int rowCount)
    {
        var batch = Batch.Allocate(table.Schema.ToBatchSchema(), Math.Max(rowCount, 1), pool);
        made.Add(batch);
        if (made.Count > 64)
        {
            made[0].Dispose();
            made.RemoveAt(0);
        }

        var single = Batch.Allocate(table.Schema.ToBatchSchema(), 1, pool);
        for (var row = 0; row < rowCount; row++)
        {
            if (row == 0 || Random.Next(12) != 0)
            {
                single.Clear();
                FillRow(engine, table.Schema, single);
            }

            batch.AppendRange(single, 0, 1);
        }

        single.Dispose();
        return new TableBatch(table, batch) { RejectedRows = Random.Next(8) == 0 ? Random.Next(5) : 0 };
    }

    public void Dispose()
    {
        foreach (var batch in made)
        {
            batch.Dispose();
        }
    }

    private void FillRow(StorageEngine engine, TableSchema schema, Batch row)
    {
        clock += Random.Next(30) - 6;
        if (Random.Next(3000) == 0)
        {
            clock += 7_200_000_000_000;
        }

        for (var i = 0; i < schema.Columns.Count; i++)
        {
            FillValue(engine, schema.Columns[i], i == schema.EventTimeColumn, row[i]);
        }

        row.SetRowCount(1);
    }

    private void FillValue(StorageEngine engine, ColumnSchema column, bool isEventTime, ColumnVector target)
    {
        if (column.Nullable && Random.Next(9) == 0)
        {
            target.AppendNull();
            return;
        }

        if (column.Type.Kind == TypeKind.Varchar)
        {
            target.AppendUtf8(
                Encoding.UTF8.GetBytes(
                    new string((char)('a' + Random.Next(26)), Random.Next(20)) + "ü"[..Random.Next(2)]
                )
            );
            return;
        }

        for (var level = 0; level < column.Type.LevelCount; level++)
        {
            switch (column.Type.Kind)
            {
                case TypeKind.Timestamp:
                    target.Writable<long>()[0] = isEventTime ? clock : Random.NextInt64();
                    break;
                case TypeKind.Symbol:
                    target.Writable<int>()[0] = engine.Symbols.Intern(Encoding.UTF8.GetBytes($"S{Random.Next(40)}"));
                    break;
                case TypeKind.Decimal:
                    target.Writable<long>()[0] = Random.Next(-1_000_000, 1_000_000);
                    break;
                case TypeKind.BigInt:
                    target.Writable<long>()[0] = Random.NextInt64();
                    break;
                case TypeKind.Double:
                    target.Writable<double>(level)[0] = Random.Next(10) == 0 ? double.NaN : Random.NextDouble();
                    break;
                case TypeKind.Real:
                    target.Writable<float>(level)[0] = Random.NextSingle();
                    break;
                case TypeKind.Boolean:
                    target.Writable<byte>(level)[0] = (byte)Random.Next(2);
                    break;
                case TypeKind.Interval:
                    target.Writable<Interval>()[0] = new Interval(Random.Next(12), Random.Next(30), Random.Next());
                    break;
                default:
                    target.Writable<int>(level)[0] = Random.Next();
                    break;
            }
        }

        target.SetRowCount(1);
    }
}
