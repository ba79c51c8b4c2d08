// A random table and its slow, obvious twin: all rows in one batch in order of arrival, from which segments and chunks
// of the head are made, and which is filtered and sorted with LINQ. Rows are compared as texts of their bits.
using System.Globalization;
using System.Text;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Scans;
using TickStore.Storage.Segments;

namespace TickStore.Tests.Storage.Segments;

internal sealed class RandomTable : IDisposable
{
    private readonly List<SegmentReader> segments = [];
    private readonly List<RowChunk> head = [];
    private readonly List<Batch> batches = [];

    public RandomTable(Random random, TableSchema schema, int rowCount, int symbolCount, bool withTies = true)
    {
        Schema = schema;
        Pool = new BlockPool(new MemoryBudget(512L << 20, "a test"));
        Files.CreateDirectory("/t");
        Cache = new BlockCache(new MemoryBudget(random.Next(2) == 0 ? 10_000 : 64L << 20, "a test's blocks"));
        for (var i = 0; i < symbolCount; i++)
        {
            Symbols.Intern(Encoding.UTF8.GetBytes($"S{i}"));
        }

        All = NewBatch(rowCount);
        FillRows(random, rowCount, symbolCount, withTies);
    }

    public TableSchema Schema { get; }

    public BlockPool Pool { get; }

    public MemoryFileSystem Files { get; } = new();

    public BlockCache Cache { get; }

    public SymbolTable Symbols { get; } = new();

    /// <summary>All rows in order of arrival.</summary>
    public Batch All { get; }

    public CommitIndex Commits { get; } = new();

    public IReadOnlyList<SegmentReader> Segments => segments;

    /// <summary>Puts the rows of <paramref name="rows"/> (numbers in <see cref="All"/>) into a segment.</summary>
    public SegmentReader Seal(IReadOnlyList<int> rows)
    {
        var chunks = new List<RowChunk>();
        foreach (var part in rows.Chunk(700))
        {
            chunks.Add(Chunk(part));
        }

        var path = $"/t/{segments.Count}.seg";
        Assert.NotNull(SegmentWriter.Write(Schema, chunks, Commits, Files, path, Pool));
        segments.Add(SegmentReader.Open(Files, path, Cache));
        return segments[^1];
    }

    /// <summary>Puts rows into a chunk of the head.</summary>
    public void Keep(IReadOnlyList<int> rows)
    {
        // Every other chunk is kept as one that takes no more rows: what scans find of it then serves the next ones.
        ChunkIndex? index = head.Count % 2 == 0 ? new ChunkIndex(Schema, Pool) : null;
        head.Add(Chunk(rows) with { Index = index });
    }

    /// <summary>Deals the rows out to segments that overlap in time, and to a head.</summary>
    public void Distribute(Random random)
    {
        var rows = Enumerable.Range(0, All.RowCount).ToList();
        var sealedRows = rows.Take(random.Next(All.RowCount + 1)).ToList();
        var parts = random.Next(1, 5);
        var inTurn = random.Next(2) == 0;
        var bySegment = sealedRows.GroupBy(row =>
            inTurn ? row * (long)parts / Math.Max(1, sealedRows.Count) : random.Next(parts)
        );
        foreach (var part in bySegment)
        {
            Seal([.. part]);
        }

        foreach (var part in rows.Skip(sealedRows.Count).Chunk(random.Next(1, 3000)))
        {
            Keep(part);
        }
    }

    public SnapshotTable Snapshot(long sequence)
    {
        var cut = new List<RowChunk>();
        foreach (var chunk in head)
        {
            var sequences = chunk.Rows[Schema.SequenceIndex].Values<long>();
            var visible = 0;
            while (visible < chunk.RowCount && sequences[visible] <= sequence)
            {
                visible++;
            }

            cut.Add(new RowChunk(chunk.Rows, visible) { Index = visible == chunk.RowCount ? chunk.Index : null });
        }

        return new SnapshotTable(Schema, Symbols, sequence, segments, cut);
    }

    public long Long(int column, int row) =>
        All[column].Type.Physical switch
        {
            PhysicalType.Byte => All[column].Values<byte>()[row],
            PhysicalType.Int16 => All[column].Values<short>()[row],
            PhysicalType.Int32 => All[column].Values<int>()[row],
            _ => All[column].Values<long>()[row],
        };

    public int Symbol(int row) => Schema.ClusterColumn < 0 ? -1 : All[Schema.ClusterColumn].Values<int>()[row];

    public long Time(int row) => All[Schema.TimeIndex].Values<long>()[row];

    public long Sequence(int row) => All[Schema.SequenceIndex].Values<long>()[row];

    /// <summary>The bits of some columns of a row, as a text.</summary>
    public static string Text(Batch batch, int row, IEnumerable<int> columns)
    {
        var text = new StringBuilder();
        foreach (var column in columns)
        {
            var vector = batch[column];
            text.Append(CultureInfo.InvariantCulture, $"{column}:");
            if (vector.IsNull(row))
            {
                text.Append("NULL;");
            }
            else if (vector.Type.Kind == TypeKind.Varchar)
            {
                text.Append(Convert.ToHexString(vector.Utf8(row))).Append(';');
            }
            else
            {
                for (var level = 0; level < vector.Type.LevelCount; level++)
                {
                    var width = vector.Type.ElementBytes;
                    text.Append(Convert.ToHexString(vector.LevelBytes(level).Slice(row * width, width))).Append(',');
                }
            }
        }

        return text.ToString();
    }

    public void Dispose()
    {
        segments.ForEach(s => s.Dispose());
        head.ForEach(c => c.Index?.Dispose());
        batches.ForEach(b => b.Dispose());
        Assert.Equal(0, Pool.LeaseCount);
    }

    public Batch NewBatch(int capacityRows)
    {
        var batch = Batch.Allocate(new BatchSchema([.. Schema.AllColumns]), Math.Max(1, capacityRows), Pool);
        batches.Add(batch);
        return batch;
    }

    private RowChunk Chunk(IReadOnlyList<int> rows)
    {
        var batch = NewBatch(rows.Count);
        batch.AppendGather(All, rows.ToArray());
        return new RowChunk(batch, rows.Count);
    }

    private void FillRows(Random random, int rowCount, int symbolCount, bool withTies)
    {
        var (sequence, time, ingest) = (random.Next(1000), 1_700_000_000_000_000_000L, 1_700_000_000_000_000_000L);
        var commitLeft = 0;
        var sequences = new long[rowCount];
        var ingests = new long[rowCount];
        var times = new long[rowCount];
        for (var row = 0; row < rowCount; row++)
        {
            sequence += random.Next(5) == 0 ? random.Next(1, 50) : 1;
            if (commitLeft-- <= 0)
            {
                commitLeft = random.Next(200);
                ingest += random.Next(1_000_000);
                Commits.Add(sequence, ingest);
            }

            time += withTies && random.Next(3) == 0 ? 0 : random.Next(1_000_000);
            (sequences[row], ingests[row]) = (sequence, ingest);
            times[row] = random.Next(10) == 0 ? time - random.Next(100_000_000) : time;
        }

        for (var column = 0; column < Schema.AllColumns.Count; column++)
        {
            var vector = All[column];
            var flavour = random.Next(4);
            for (var row = 0; row < rowCount; row++)
            {
                if (Schema.AllColumns[column].Nullable && flavour != 3 && random.Next(flavour == 2 ? 2 : 20) == 0)
                {
                    vector.AppendNull();
                    continue;
                }

                if (vector.Type.Kind == TypeKind.Varchar)
                {
                    var bytes = new byte[random.Next(flavour * 12)];
                    random.NextBytes(bytes);
                    vector.AppendUtf8(bytes);
                    continue;
                }

                vector.EnsureCapacity(row + 1);
                for (var level = 0; level < vector.Type.LevelCount; level++)
                {
                    Value(random, column, row, flavour, symbolCount)
                        .CopyTo(vector.Writable<byte>(level)[(row * vector.Type.ElementBytes)..]);
                }

                vector.SetRowCount(row + 1);
                if (column == Schema.SequenceIndex)
                {
                    vector.Writable<long>()[row] = sequences[row];
                }
                else if (column == Schema.IngestTimeIndex)
                {
                    vector.Writable<long>()[row] = ingests[row];
                }
                else if (column == Schema.EventTimeColumn)
                {
                    vector.Writable<long>()[row] = times[row];
                }
            }
        }

        All.SetRowCount(rowCount);
    }

    private byte[] Value(Random random, int column, int row, int flavour, int symbolCount)
    {
        var type = All[column].Type;
        switch (type.Kind)
        {
            case TypeKind.Boolean:
                return [(byte)random.Next(2)];
            case TypeKind.Symbol:
                // Some symbols have most rows, as in a market.
                var symbol =
                    random.Next(3) == 0 ? random.Next(symbolCount) : random.Next(Math.Max(1, symbolCount / 10));
                return BitConverter.GetBytes(symbol);
            case TypeKind.Double:
                return BitConverter.GetBytes(
                    random.Next(12) switch
                    {
                        0 => double.NaN,
                        1 => -0.0,
                        2 => double.PositiveInfinity,
                        3 => BitConverter.Int64BitsToDouble(random.NextInt64()),
                        _ => Math.Round(100 + random.NextDouble(), 2),
                    }
                );
            case TypeKind.Real:
                return BitConverter.GetBytes(
                    random.Next(12) switch
                    {
                        0 => float.NaN,
                        1 => -0.0f,
                        2 => float.NegativeInfinity,
                        _ => random.Next(1000) / 8f,
                    }
                );
            default:
                var bytes = new byte[type.ElementBytes];
                if (flavour == 0)
                {
                    random.NextBytes(bytes);
                }
                else
                {
                    BitConverter.TryWriteBytes(bytes, (short)(flavour == 1 ? row : random.Next(50)));
                }

                return bytes;
        }
    }
}
