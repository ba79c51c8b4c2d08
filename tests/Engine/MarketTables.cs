using TickStore.Core;

namespace TickStore.Tests.Engine;

/// <summary>Small tables of random rows with many equal times, late rows and several symbols.</summary>
internal static class MarketTables
{
    public const long Start = 1_675_215_000_000_000_000;

    public static TableSchema Schema(string name) =>
        new(
            name,
            [
                new("ts", DataType.Timestamp, Nullable: false),
                new("sym", DataType.Symbol, Nullable: false),
                new("px", DataType.Decimal(18, 2), Nullable: false),
                new("qty", DataType.Int),
                new("note", DataType.Varchar),
            ]
        )
        {
            EventTimeColumn = 0,
            ClusterColumn = 1,
        };

    /// <summary>Commits rows to randomly chosen tables in small commits, sealing now and then.</summary>
    public static void Fill(TickDatabase database, string[] tables, int rowCount, int seed, long stepNanos = 1_000_000)
    {
        var random = new Random(seed);
        foreach (var table in tables)
        {
            database.CreateTable(Schema(table));
        }

        for (var row = 0; row < rowCount; )
        {
            using var batch = Batch.Allocate(Schema("any").ToBatchSchema(), 64, database.Pool);
            var count = Math.Min(1 + random.Next(40), rowCount - row);
            for (var i = 0; i < count; i++, row++)
            {
                var late = random.Next(50) == 0 ? 20 : 0;
                batch[0].Writable<long>()[i] = Start + (Math.Max(0, (row / 3) - late) * stepNanos);
                batch[1].Writable<int>()[i] = database.Symbols.Intern([(byte)'S', (byte)('A' + random.Next(5))]);
                batch[2].Writable<long>()[i] = 1000 + random.Next(100);
                batch[3].Writable<int>()[i] = random.Next(1000);
                batch[4].AppendUtf8("some note"u8[..random.Next(9)]);
            }

            for (var column = 0; column < 4; column++)
            {
                batch[column].SetRowCount(count);
            }

            if (random.Next(3) == 0)
            {
                batch[3].WritableValidity()[random.Next(count)] = 0;
            }

            batch.SetRowCount(count);
            database.Commit(tables[random.Next(tables.Length)], batch);
            if (random.Next(20) == 0)
            {
                database.Seal();
            }
        }
    }

    /// <summary>All rows of a table as (time, sequence, text of the row), in no order.</summary>
    public static List<(long Time, long Sequence, string Row)> Read(TickDatabase database, string table)
    {
        using var snapshot = database.OpenSnapshot();
        var source = snapshot.GetTable(table);
        var request = new ScanRequest { Columns = [0, 1, 2, 3, 4, source.Schema.SequenceIndex] };
        using var scan = source.OpenScan(request, database.Pool, CancellationToken.None);
        var rows = new List<(long, long, string)>();
        for (var morsel = 0; morsel < scan.MorselCount; morsel++)
        {
            using var reader = scan.OpenMorsel(morsel);
            while (reader.Next() is { } batch)
            {
                for (var i = 0; i < batch.RowCount; i++)
                {
                    rows.Add(
                        (
                            batch[0].Values<long>()[i],
                            batch[5].Values<long>()[i],
                            RowText(table, batch, i, database.Symbols)
                        )
                    );
                }
            }
        }

        return rows;
    }

    public static string RowText(string table, Batch batch, int row, ISymbolTable symbols) =>
        $"{table}|{string.Join('|', Enumerable.Range(0, 5).Select(c => VectorTextWriter.ToText(batch[c], row, symbols) ?? "NULL"))}";
}
