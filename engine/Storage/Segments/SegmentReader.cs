using System.Buffers.Binary;
using TickStore.Codecs;
using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Records;

namespace TickStore.Storage.Segments;

/// <summary>
/// An open segment file. Thread-safe: any number of scans may read at once. Whoever opened it disposes of it, once no
/// scan uses it any more; the file may be renamed or deleted while it is open.
/// </summary>
public sealed class SegmentReader : IDisposable
{
    private readonly IFile file;
    private readonly BlockCache cache;
    private readonly SegmentHeader header;
    private readonly CachedBlock?[] slots;

    private SegmentReader(IFile file, BlockCache cache, in SegmentHeader header, SegmentFooter footer)
    {
        this.file = file;
        this.cache = cache;
        this.header = header;
        Footer = footer;
        Info = footer.ToInfo(file.Path, header.FileBytes);
        slots = new CachedBlock?[footer.Blocks.Length];
    }

    /// <summary>What the segment holds.</summary>
    public SegmentInfo Info { get; }

    /// <summary>The table's schema at the time of writing.</summary>
    public TableSchema Schema => Footer.Schema;

    /// <summary>The commits of the segment's rows.</summary>
    public CommitIndex Commits => Footer.Commits(file.Path);

    internal SegmentFooter Footer { get; }

    /// <summary>
    /// Opens a segment, and reads and checks its header and footer. Blocks are read and checked when they are needed.
    /// Throws <see cref="ErrorCode.Corruption"/> for a file that is cut short, changed or no segment, and
    /// <see cref="ErrorCode.NewerFormat"/>, each naming the file.
    /// </summary>
    /// <param name="files">The device.</param>
    /// <param name="path">The file.</param>
    /// <param name="cache">Keeps blocks in memory; null for a cache of 64 MiB of its own.</param>
    public static SegmentReader Open(IFileSystem files, string path, BlockCache? cache = null)
    {
        var file = files.Open(path, FileOpenMode.Read);
        try
        {
            var fileBytes = file.Length;
            Span<byte> head = stackalloc byte[SegmentFormat.HeaderBytes];
            head = head[..file.ReadAt(head, 0)];
            var header = SegmentFormat.ReadHeader(head, fileBytes, path);
            var bytes = new byte[header.FooterBytes];
            file.ReadExactly(bytes, header.FooterOffset);
            if (SegmentFormat.FooterChecksum(bytes, header.FileId) != header.FooterChecksum)
            {
                Throw.Corrupt(path, "the footer's checksum does not hold");
            }

            var footer = SegmentFooter.Read(bytes, $"{path}, footer", header.FooterOffset);
            cache ??= new BlockCache(new MemoryBudget(64L << 20, $"the blocks of {path}"));
            return new SegmentReader(file, cache, header, footer);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads the whole file from the device, verifies every checksum and decodes every vector, bypassing the cache.
    /// Throws <see cref="ErrorCode.Corruption"/> naming file, column and block at the first fault.
    /// </summary>
    /// <param name="pool">Lends room for one vector of all columns.</param>
    /// <param name="cancellationToken">Checked per vector.</param>
    public void Check(BlockPool pool, CancellationToken cancellationToken = default)
    {
        // A reader of its own, so that nothing comes from blocks that were checked when the device was still well.
        var uncached = new BlockCache(new MemoryBudget(1, "a check"));
        var reader = new SegmentReader(file, uncached, header, Footer);
        var scratch = new VectorScratch();
        var schema = Schema;
        for (var column = 0; column < schema.AllColumns.Count; column++)
        {
            using var target = ColumnVector.Allocate(schema.AllColumns[column].Type, SegmentFormat.VectorRowsMax, pool);
            for (var vector = 0; vector < Footer.VectorRows.Length && column != schema.IngestTimeIndex; vector++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reader.Decode(vector, column, target, scratch);
            }
        }

        CheckOrder(reader, pool, scratch, cancellationToken);
    }

    /// <summary>Closes the file and drops its blocks from the cache.</summary>
    public void Dispose()
    {
        cache.Remove(slots);
        file.Dispose();
    }

    /// <summary>
    /// Decodes a column of a vector into an owning vector, whose rows it replaces. <c>_ingest_ts</c> is looked up by
    /// <c>_seq</c>, which is decoded for it.
    /// </summary>
    internal void Decode(int vector, int column, ColumnVector target, VectorScratch scratch)
    {
        var rowCount = Footer.VectorRows[vector];
        target.SetRowCount(0);
        if (column == Schema.IngestTimeIndex)
        {
            DecodeIngestTimes(vector, rowCount, target, scratch);
            return;
        }

        var hasNulls = Footer.Zones[column].NullCount(vector) > 0;
        var stream = Footer.FirstStreams[column];
        for (var level = 0; stream + level < Footer.FirstStreams[column + 1]; level++)
        {
            var encoded = Encoded(stream + level, column, vector, scratch);
            try
            {
                var takenBytes = ColumnCodec.Decode(encoded, rowCount, target, level, scratch.Text);
                if (level == 0 && target.Type.Kind != TypeKind.Varchar)
                {
                    target.SetRowCount(rowCount);
                }

                if (hasNulls && level == 0)
                {
                    takenBytes += ValidityCodec.Decode(encoded[takenBytes..], rowCount, target.WritableValidity());
                }

                if (takenBytes != encoded.Length)
                {
                    Throw.Corrupt(
                        Location(stream + level, column, vector),
                        $"a vector takes {takenBytes} of its {encoded.Length} bytes"
                    );
                }
            }
            catch (TickStoreException e) when (e.Code is ErrorCode.Corruption && e.Location is null)
            {
                Throw.Corrupt(Location(stream + level, column, vector), e.Message);
            }
        }
    }

    private void DecodeIngestTimes(int vector, int rowCount, ColumnVector target, VectorScratch scratch)
    {
        var sequences = scratch.Sequences.AsSpan(0, rowCount);
        var column = Schema.SequenceIndex;
        VectorDecoder.Decode(Encoded(Footer.FirstStreams[column], column, vector, scratch), rowCount, sequences);
        if (!Commits.TryLookup(sequences, target.Writable<long>()))
        {
            Throw.Corrupt(
                Location(Footer.FirstStreams[column], column, vector),
                "a _seq lies before the first commit of the segment"
            );
        }

        target.SetRowCount(rowCount);
    }

    private ReadOnlySpan<byte> Encoded(int stream, int column, int vector, VectorScratch scratch)
    {
        var block = (stream * Footer.BlocksPerStream) + (vector / SegmentFormat.VectorsPerBlock);
        var cached = Volatile.Read(ref slots[block]);
        byte[] bytes;
        if (cached is not null)
        {
            bytes = cached.Bytes;
            if (!cached.WasUsed)
            {
                cached.WasUsed = true;
            }
        }
        else
        {
            bytes = scratch.TryGet(this, block) ?? ReadBlock(block, stream, column, vector);
            scratch.Keep(this, block, bytes);
        }

        var index = vector % SegmentFormat.VectorsPerBlock;
        var start = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(index == 0 ? 0 : sizeof(int) * index));
        start = index == 0 ? sizeof(int) * (start + 1) : start;
        return bytes.AsSpan(start..BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(sizeof(int) * (index + 1))));
    }

    private byte[] ReadBlock(int block, int stream, int column, int vector)
    {
        var entry = Footer.Blocks[block];
        var bytes = new byte[entry.LengthBytes];
        cache.CountMiss();
        if (file.ReadAt(bytes, entry.Offset) != bytes.Length)
        {
            Throw.Corrupt(Location(stream, column, vector), "the file ends within the block");
        }

        if (SegmentFormat.BlockChecksum(bytes, header.FileId, entry.Offset) != entry.Checksum)
        {
            Throw.Corrupt(Location(stream, column, vector), "the checksum does not hold");
        }

        var first = vector / SegmentFormat.VectorsPerBlock * SegmentFormat.VectorsPerBlock;
        var expected = Math.Min(SegmentFormat.VectorsPerBlock, Footer.VectorRows.Length - first);
        var previous = sizeof(int) * (expected + 1L);
        var fits = bytes.Length >= previous && BinaryPrimitives.ReadUInt32LittleEndian(bytes) == expected;
        for (var i = 1; fits && i <= expected; i++)
        {
            var end = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(sizeof(int) * i));
            fits = end > previous && end <= bytes.Length;
            previous = end;
        }

        if (!fits || previous != bytes.Length)
        {
            Throw.Corrupt(Location(stream, column, vector), "the block's directory of vectors does not hold");
        }

        cache.Add(new CachedBlock(bytes, slots, block));
        return bytes;
    }

    private string Location(int stream, int column, int vector)
    {
        var block = (stream * Footer.BlocksPerStream) + (vector / SegmentFormat.VectorsPerBlock);
        var level = stream - Footer.FirstStreams[column];
        var name =
            Schema.AllColumns[column].Name + (Schema.AllColumns[column].Type.IsArray ? $"[{level + 1}]" : string.Empty);
        return $"{file.Path}, column {name}, block {block} at offset {Footer.Blocks[block].Offset}, vector {vector}";
    }

    // Rows must ascend by (symbol, time, _seq), and the zone maps must hold for the keys: scans rely on both.
    private void CheckOrder(
        SegmentReader reader,
        BlockPool pool,
        VectorScratch scratch,
        CancellationToken cancellationToken
    )
    {
        using var times = ColumnVector.Allocate(DataType.Timestamp, SegmentFormat.VectorRowsMax, pool);
        using var sequences = ColumnVector.Allocate(DataType.BigInt, SegmentFormat.VectorRowsMax, pool);
        var run = 0;
        var (lastTime, lastSequence, row) = (long.MinValue, long.MinValue, 0L);
        for (var vector = 0; vector < Footer.VectorRows.Length; vector++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            reader.Decode(vector, Schema.TimeIndex, times, scratch);
            reader.Decode(vector, Schema.SequenceIndex, sequences, scratch);
            for (var i = 0; i < times.RowCount; i++, row++)
            {
                var (time, sequence) = (times.Values<long>()[i], sequences.Values<long>()[i]);
                if (row == Footer.Runs.FirstRows[run + 1])
                {
                    run++;
                }
                else if (row > 0 && (time < lastTime || (time == lastTime && sequence < lastSequence)))
                {
                    Throw.Corrupt(
                        $"{file.Path}, vector {vector}",
                        $"row {i} does not follow the one before in (event time, _seq)"
                    );
                }

                (lastTime, lastSequence) = (time, sequence);
            }

            CheckZone(Schema.TimeIndex, vector, times);
            CheckZone(Schema.SequenceIndex, vector, sequences);
        }
    }

    private void CheckZone(int column, int vector, ColumnVector values)
    {
        var (min, max) = ValueBounds.Of(values.Values<long>());
        if (min != Footer.Zones[column].Min[vector] || max != Footer.Zones[column].Max[vector])
        {
            Throw.Corrupt(
                $"{file.Path}, vector {vector}",
                $"the zone map of {Schema.AllColumns[column].Name} is not that of its values"
            );
        }
    }
}

/// <summary>What one thread keeps between decoding two vectors; not thread-safe.</summary>
internal sealed class VectorScratch
{
    private readonly Dictionary<int, byte[]> blocks = [];
    private ByteWriter? text;
    private long[]? sequences;
    private SegmentReader? owner;
    private int group = -1;

    // Both are made when first needed: a scan of the head, or of few columns, never does.
    public ByteWriter Text => text ??= new(1024);

    public long[] Sequences => sequences ??= new long[SegmentFormat.VectorRowsMax];

    /// <summary>Blocks that found no room in the cache are kept for as long as the scan stays in their group.</summary>
    public byte[]? TryGet(SegmentReader reader, int block) =>
        ReferenceEquals(owner, reader) && blocks.TryGetValue(block, out var bytes) ? bytes : null;

    public void Keep(SegmentReader reader, int block, byte[] bytes)
    {
        var blockGroup = block % reader.Footer.BlocksPerStream;
        if (!ReferenceEquals(owner, reader) || group != blockGroup)
        {
            blocks.Clear();
            (owner, group) = (reader, blockGroup);
        }

        blocks[block] = bytes;
    }
}
