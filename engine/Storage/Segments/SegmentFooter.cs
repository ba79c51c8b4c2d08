using TickStore.Codecs;
using TickStore.Core;
using TickStore.Storage.Records;

namespace TickStore.Storage.Segments;

/// <summary>
/// Everything about a segment but its values, in memory as the footer holds it on disk: filled by the builder and
/// written, or read and checked. docs/format/segment.md lists the fields.
/// </summary>
internal sealed class SegmentFooter
{
    private byte[] commitBytes = [];
    private int commitCount;
    private CommitIndex? commits;

    private SegmentFooter(TableSchema schema, ushort[] vectorRows, SymbolRuns runs)
    {
        Schema = schema;
        VectorRows = vectorRows;
        Runs = runs;
        VectorStarts = new long[vectorRows.Length + 1];
        for (var i = 0; i < vectorRows.Length; i++)
        {
            VectorStarts[i + 1] = VectorStarts[i] + vectorRows[i];
        }

        Zones = new ColumnZones[schema.AllColumns.Count];
        FirstStreams = new int[schema.AllColumns.Count + 1];
        ColumnBytes = new long[schema.AllColumns.Count];
        CodecCounts = new int[schema.AllColumns.Count][];
        for (var i = 0; i < Zones.Length; i++)
        {
            Zones[i] = new ColumnZones(schema.AllColumns[i], vectorRows.Length);
            FirstStreams[i + 1] =
                FirstStreams[i] + (i == schema.IngestTimeIndex ? 0 : schema.AllColumns[i].Type.LevelCount);
            CodecCounts[i] = new int[256];
        }

        BlocksPerStream = (vectorRows.Length + SegmentFormat.VectorsPerBlock - 1) / SegmentFormat.VectorsPerBlock;
        Blocks = new BlockEntry[FirstStreams[^1] * BlocksPerStream];
    }

    public TableSchema Schema { get; }

    /// <summary>Rows of each vector.</summary>
    public ushort[] VectorRows { get; }

    /// <summary>First row of each vector, and at the end the row count.</summary>
    public long[] VectorStarts { get; }

    public SymbolRuns Runs { get; }

    /// <summary>A zone map a column.</summary>
    public ColumnZones[] Zones { get; }

    /// <summary>A stream is one level of one column; the first of each column. <c>_ingest_ts</c> has none.</summary>
    public int[] FirstStreams { get; }

    /// <summary>Blocks of each stream.</summary>
    public int BlocksPerStream { get; }

    /// <summary>All blocks: those of stream 0, then those of stream 1 and so on.</summary>
    public BlockEntry[] Blocks { get; }

    public long[] ColumnBytes { get; }

    /// <summary>For each column and codec id how many vectors it holds.</summary>
    public int[][] CodecCounts { get; }

    public long RowCount => VectorStarts[^1];

    /// <summary>The commits; decoded when first asked for.</summary>
    public CommitIndex Commits(string location) => commits ??= ReadCommits(location);

    public static SegmentFooter Create(TableSchema schema, SymbolRuns runs, CommitIndex commits) =>
        new(schema, runs.CutVectors(), runs) { commits = commits, commitCount = commits.Count };

    public (long Min, long Max) BoundsOf(int column)
    {
        var zones = Zones[column];
        var (min, max) = (long.MaxValue, long.MinValue);
        for (var i = 0; i < zones.Min.Length; i++)
        {
            min = Math.Min(min, zones.Min[i]);
            max = Math.Max(max, zones.Max[i]);
        }

        return (min, max);
    }

    public SegmentInfo ToInfo(string path, long fileBytes)
    {
        var columns = new SegmentColumnInfo[Zones.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var uses = new List<CodecUse>();
            for (var id = 0; id < 256; id++)
            {
                if (CodecCounts[i][id] > 0)
                {
                    var name = CodecLedger.TryGet((CodecId)id, out var entry) ? entry.Name : $"codec {id}";
                    uses.Add(new CodecUse(name, CodecCounts[i][id]));
                }
            }

            uses.Sort((a, b) => b.VectorCount.CompareTo(a.VectorCount));
            columns[i] = new SegmentColumnInfo(
                Schema.AllColumns[i].Name,
                Schema.AllColumns[i].Type,
                ColumnBytes[i],
                uses
            );
        }

        var (minSequence, maxSequence) = BoundsOf(Schema.SequenceIndex);
        var (minTime, maxTime) = BoundsOf(Schema.TimeIndex);
        return new SegmentInfo
        {
            Path = path,
            Table = Schema.Name,
            SchemaFingerprint = SchemaCodec.Fingerprint(Schema),
            RowCount = RowCount,
            VectorCount = VectorRows.Length,
            FileBytes = fileBytes,
            MinSequence = minSequence,
            MaxSequence = maxSequence,
            MinTime = minTime,
            MaxTime = maxTime,
            MinSymbol = Runs.Symbols[0],
            MaxSymbol = Runs.Symbols[^1],
            Columns = columns,
        };
    }

    public void Write(ByteWriter writer)
    {
        SchemaCodec.WriteForSegment(writer, Schema);
        writer.UInt64(SchemaCodec.Fingerprint(Schema));
        writer.Int64(RowCount);
        writer.Varint((ulong)VectorRows.Length);
        foreach (var rows in VectorRows)
        {
            writer.UInt16(rows);
        }

        writer.Varint((ulong)Runs.Count);
        var previous = -1L;
        for (var i = 0; i < Runs.Count; i++)
        {
            writer.Varint((ulong)(Runs.Symbols[i] - previous));
            writer.Varint((ulong)(Runs.FirstRows[i + 1] - Runs.FirstRows[i]));
            previous = Runs.Symbols[i];
        }

        WriteCommits(writer);
        for (var i = 0; i < Zones.Length; i++)
        {
            Zones[i].Write(writer, Schema.AllColumns[i].Type.ElementBytes);
        }

        foreach (var block in Blocks)
        {
            writer.Int64(block.Offset);
            writer.UInt32((uint)block.LengthBytes);
            writer.UInt64(block.Checksum);
        }

        for (var i = 0; i < Zones.Length; i++)
        {
            writer.Int64(ColumnBytes[i]);
            for (var id = 0; id < 256; id++)
            {
                if (CodecCounts[i][id] > 0)
                {
                    writer.Byte((byte)id);
                    writer.UInt32((uint)CodecCounts[i][id]);
                }
            }

            writer.Byte(0);
        }
    }

    public static SegmentFooter Read(ReadOnlySpan<byte> bytes, string location, long blocksEndOffset)
    {
        var reader = new ByteReader(bytes, location);
        var schema = SchemaCodec.ReadForSegment(ref reader);
        if (reader.UInt64() != SchemaCodec.Fingerprint(schema))
        {
            reader.Fail("the schema does not have the fingerprint that stands next to it");
        }

        var rowCount = reader.Int64();
        var vectorRows = new ushort[reader.ShortCount(2)];
        for (var i = 0; i < vectorRows.Length; i++)
        {
            vectorRows[i] = reader.UInt16();
            if (vectorRows[i] is 0 or > SegmentFormat.VectorRowsMax)
            {
                reader.Fail($"vector {i} has {vectorRows[i]} rows");
            }
        }

        var footer = new SegmentFooter(schema, vectorRows, ReadRuns(ref reader, schema));
        if (rowCount < 1 || footer.RowCount != rowCount || footer.Runs.RowCount != rowCount)
        {
            reader.Fail(
                $"{rowCount} rows are not the {footer.RowCount} of the vectors and {footer.Runs.RowCount} of the symbols"
            );
        }

        footer.commitCount = reader.ShortCount(1);
        footer.ColumnBytes[schema.IngestTimeIndex] = reader.UInt32();
        footer.commitBytes = reader.Take(footer.ColumnBytes[schema.IngestTimeIndex]).ToArray();
        for (var i = 0; i < footer.Zones.Length; i++)
        {
            footer.Zones[i].Read(ref reader, schema.AllColumns[i].Type.ElementBytes, vectorRows);
        }

        footer.ReadBlocks(ref reader, blocksEndOffset);
        for (var i = 0; i < footer.Zones.Length; i++)
        {
            footer.ColumnBytes[i] = reader.Int64();
            for (var id = reader.Byte(); id != 0; id = reader.Byte())
            {
                footer.CodecCounts[i][id] = (int)Math.Min(int.MaxValue, reader.UInt32());
            }
        }

        if (reader.Remaining != 0)
        {
            reader.Fail($"{reader.Remaining} bytes are left over");
        }

        return footer;
    }

    private static SymbolRuns ReadRuns(ref ByteReader reader, TableSchema schema)
    {
        var runs = new SymbolRuns();
        var symbol = -1L;
        var count = reader.ShortCount(2);
        for (var i = 0; i < count; i++)
        {
            var step = reader.Varint();
            var rows = reader.Varint();
            if (
                (i > 0 && step == 0)
                || step > int.MaxValue
                || rows is 0 or > long.MaxValue / 2
                || runs.RowCount > long.MaxValue / 2
            )
            {
                reader.Fail($"symbol {i} of the directory does not ascend or has no rows");
            }

            symbol += (long)step;
            runs.Add((int)Math.Min(symbol, int.MaxValue), (long)rows);
        }

        var fits = schema.ClusterColumn < 0 ? count == 1 && symbol == -1 : count > 0 && runs.Symbols[0] >= 0;
        if (!fits || symbol > int.MaxValue)
        {
            reader.Fail("the directory of symbols does not fit the schema");
        }

        return runs;
    }

    private void ReadBlocks(ref ByteReader reader, long blocksEndOffset)
    {
        for (var i = 0; i < Blocks.Length; i++)
        {
            var offset = reader.Int64();
            var lengthBytes = reader.UInt32();
            Blocks[i] = new BlockEntry(offset, (int)Math.Min(int.MaxValue, lengthBytes), reader.UInt64());
            if (
                offset < SegmentFormat.HeaderBytes
                || lengthBytes is < 4 or > int.MaxValue
                || offset > blocksEndOffset - lengthBytes
            )
            {
                reader.Fail($"block {i} at {offset} with {lengthBytes} bytes does not lie between header and footer");
            }
        }
    }

    // Both lists in vectors of up to 1,024 entries, encoded as columns are: regular commits take next to nothing.
    private void WriteCommits(ByteWriter writer)
    {
        var all = commits!;
        var encoded = ByteWriter.Rented(1 << 14);
        for (var at = 0; at < all.Count; at += SegmentFormat.VectorRowsMax)
        {
            var count = Math.Min(SegmentFormat.VectorRowsMax, all.Count - at);
            var maxBytes = VectorEncoder.MaxEncodedBytes(count, sizeof(long));
            encoded.Advance(VectorEncoder.Encode(all.FirstSequences.Slice(at, count), encoded.Reserve(maxBytes)));
            encoded.Advance(VectorEncoder.Encode(all.IngestNanos.Slice(at, count), encoded.Reserve(maxBytes)));
        }

        writer.Varint((ulong)all.Count);
        writer.UInt32((uint)encoded.Length);
        writer.Bytes(encoded.Written);
        ColumnBytes[Schema.IngestTimeIndex] = encoded.Length;
        encoded.GiveBack();
    }

    private CommitIndex ReadCommits(string location)
    {
        var index = new CommitIndex();
        Span<long> sequences = stackalloc long[SegmentFormat.VectorRowsMax];
        Span<long> times = stackalloc long[SegmentFormat.VectorRowsMax];
        ReadOnlySpan<byte> rest = commitBytes;
        try
        {
            for (var at = 0; at < commitCount; at += SegmentFormat.VectorRowsMax)
            {
                var count = Math.Min(SegmentFormat.VectorRowsMax, commitCount - at);
                rest = rest[VectorDecoder.Decode(rest, count, sequences)..];
                rest = rest[VectorDecoder.Decode(rest, count, times)..];
                for (var i = 0; i < count; i++)
                {
                    index.Add(sequences[i], times[i]);
                }
            }
        }
        catch (TickStoreException e) when (e.Code is ErrorCode.Corruption or ErrorCode.InvalidArgument)
        {
            Throw.Corrupt(location, $"column _ingest_ts: {e.Message}");
        }

        return index;
    }
}

/// <summary>Where a block lies, and what its bytes must hash to.</summary>
internal readonly record struct BlockEntry(long Offset, int LengthBytes, ulong Checksum);
