using TickStore.Core;
using TickStore.Storage.Devices;
using TickStore.Storage.Records;

namespace TickStore.Storage.Segments;

/// <summary>
/// Writes a segment from vectors that come in its order. Holds the encoded blocks of one group of 64 vectors, whatever
/// the size of the segment. Until <see cref="Finish"/> has returned, only a temporary file exists; disposing of an
/// unfinished builder deletes it.
/// </summary>
internal sealed class SegmentBuilder : IDisposable
{
    private const int WriteBufferBytes = 1 << 20;

    // What a thread that yields leaves to be written at once at most: the log's next sync waits behind it.
    private const int UnsyncedBytesMax = 1 << 20;

    private readonly SegmentFooter footer;
    private readonly IFileSystem files;
    private readonly string path;
    private readonly string temporaryPath;
    private readonly IFile file;
    private readonly ulong fileId;
    private readonly PendingBlock[] pending;
    private readonly ByteWriter buffer = ByteWriter.Rented(WriteBufferBytes);
    private long bufferOffset = SegmentFormat.HeaderBytes;
    private long syncedOffset;
    private int vectorCount;
    private bool isFinished;

    public SegmentBuilder(
        TableSchema schema,
        SymbolRuns runs,
        CommitIndex commits,
        long minSequence,
        IFileSystem files,
        string path
    )
    {
        footer = SegmentFooter.Create(schema, runs, commits);
        this.files = files;
        this.path = path;
        temporaryPath = path + ".tmp";
        fileId = SegmentFormat.FileId(path, schema.Name, runs.RowCount, minSequence);
        pending = new PendingBlock[footer.FirstStreams[^1]];
        for (var i = 0; i < pending.Length; i++)
        {
            pending[i] = new PendingBlock();
        }

        files.DeleteFile(temporaryPath);
        file = files.Open(temporaryPath, FileOpenMode.CreateNew);
    }

    /// <summary>Rows that the next vector must have; 0 when all are there.</summary>
    public int NextVectorRows => vectorCount < footer.VectorRows.Length ? footer.VectorRows[vectorCount] : 0;

    /// <summary>
    /// Adds the next vector: <see cref="NextVectorRows"/> rows of all columns, in the segment's order. What its NULL
    /// slots hold is overwritten.
    /// </summary>
    public void AppendVector(Batch rows)
    {
        if (rows.RowCount != NextVectorRows)
        {
            Throw.Error(
                ErrorCode.Internal,
                $"{path}: a vector of {rows.RowCount} rows came where {NextVectorRows} were planned"
            );
        }

        for (var column = 0; column < rows.ColumnCount; column++)
        {
            WorkPace.Step();
            var vector = rows[column];
            ColumnCodec.FillNulls(vector);
            footer.Zones[column].Take(vectorCount, vector);
            var hasNulls = footer.Zones[column].NullCount(vectorCount) > 0;
            for (var stream = footer.FirstStreams[column]; stream < footer.FirstStreams[column + 1]; stream++)
            {
                var level = stream - footer.FirstStreams[column];
                var codec = pending[stream].Add(vector, level, hasNulls && level == 0);
                footer.CodecCounts[column][codec]++;
            }
        }

        vectorCount++;
        if (vectorCount % SegmentFormat.VectorsPerBlock == 0 || NextVectorRows == 0)
        {
            FlushGroup((vectorCount - 1) / SegmentFormat.VectorsPerBlock);
        }
    }

    /// <summary>Completes the file, makes it durable and gives it its name.</summary>
    public SegmentInfo Finish()
    {
        if (NextVectorRows != 0)
        {
            Throw.Error(
                ErrorCode.Internal,
                $"{path}: {vectorCount} of {footer.VectorRows.Length} vectors were written"
            );
        }

        var writer = ByteWriter.Rented(1 << 16);
        footer.Write(writer);
        var footerOffset = bufferOffset + buffer.Length;
        FlushBuffer();
        file.WriteAt(writer.Written, footerOffset);
        var fileBytes = footerOffset + writer.Length;
        Span<byte> header = stackalloc byte[SegmentFormat.HeaderBytes];
        var checksum = SegmentFormat.FooterChecksum(writer.Written, fileId);
        SegmentFormat.WriteHeader(new SegmentHeader(fileId, fileBytes, footerOffset, writer.Length, checksum), header);
        writer.GiveBack();
        file.WriteAt(header, 0);
        file.Sync();
        file.Dispose();
        files.Rename(temporaryPath, path);
        isFinished = true;
        files.SyncDirectory(Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".");
        return footer.ToInfo(path, fileBytes);
    }

    public void Dispose()
    {
        buffer.GiveBack();
        foreach (var block in pending)
        {
            block.GiveBack();
        }

        file.Dispose();
        if (!isFinished)
        {
            isFinished = true;
            try
            {
                files.DeleteFile(temporaryPath);
            }
            catch (TickStoreException)
            {
                // The failure that brought us here is the one to tell. A temporary file left over is overwritten by the
                // next writer of that name, and is nothing that anybody reads.
            }
        }
    }

    private void FlushGroup(int group)
    {
        for (var column = 0; column < footer.Zones.Length; column++)
        {
            for (var stream = footer.FirstStreams[column]; stream < footer.FirstStreams[column + 1]; stream++)
            {
                if (buffer.Length > 0 && buffer.Length + pending[stream].LengthBytes > WriteBufferBytes)
                {
                    FlushBuffer();
                }

                var offset = bufferOffset + buffer.Length;
                var start = buffer.Length;
                pending[stream].WriteTo(buffer);
                var block = buffer.Written[start..];
                footer.Blocks[(stream * footer.BlocksPerStream) + group] = new BlockEntry(
                    offset,
                    block.Length,
                    SegmentFormat.BlockChecksum(block, fileId, offset)
                );
                footer.ColumnBytes[column] += block.Length;
            }
        }
    }

    private void FlushBuffer()
    {
        file.WriteAt(buffer.Written, bufferOffset);
        bufferOffset += buffer.Length;
        buffer.Clear();
        if (WorkPace.IsEntered && bufferOffset - syncedOffset >= UnsyncedBytesMax)
        {
            file.Sync();
            syncedOffset = bufferOffset;
        }
    }

    private sealed class PendingBlock
    {
        private readonly ByteWriter vectors = ByteWriter.Rented(1 << 14);
        private readonly int[] ends = new int[SegmentFormat.VectorsPerBlock];
        private int count;

        /// <summary>Encodes a vector. Returns the id of the codec that holds its values.</summary>
        public byte Add(ColumnVector vector, int level, bool withValidity)
        {
            var start = vectors.Length;
            ColumnCodec.Encode(vector, level, vectors);
            if (withValidity)
            {
                var room = vectors.Reserve(Codecs.ValidityCodec.MaxEncodedBytes(vector.RowCount));
                vectors.Advance(Codecs.ValidityCodec.Encode(vector.Validity, room));
            }

            ends[count++] = vectors.Length;
            return vectors.Written[start];
        }

        /// <summary>Bytes that <see cref="WriteTo"/> writes.</summary>
        public int LengthBytes => vectors.Length + (sizeof(uint) * (count + 1));

        public void GiveBack() => vectors.GiveBack();

        public void WriteTo(ByteWriter target)
        {
            target.UInt32((uint)count);
            var firstVector = sizeof(uint) * (count + 1);
            for (var i = 0; i < count; i++)
            {
                target.UInt32((uint)(firstVector + ends[i]));
            }

            target.Bytes(vectors.Written);
            vectors.Clear();
            count = 0;
        }
    }
}
