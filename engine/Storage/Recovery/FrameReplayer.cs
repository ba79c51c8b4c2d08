using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Head;
using TickStore.Storage.Ingest;
using TickStore.Storage.Log;
using TickStore.Storage.Records;

namespace TickStore.Storage.Recovery;

/// <summary>
/// Applies the log's frames to a state, which is then what it was when they were written: the same sequences, late bits
/// and counters. Frames before the position at which the manifest noted the state are already part of it; of those only
/// rows that no segment has are taken.
/// </summary>
internal sealed class FrameReplayer(DatabaseState state, long statePosition)
{
    private readonly List<HeadChunk> added = [];
    private readonly Dictionary<int, Batch> views = [];
    private byte[] payload = [];

    /// <summary>Commits applied.</summary>
    public long CommitCount { get; private set; }

    /// <summary>Takes one frame. Bytes that are not a frame's are <see cref="ErrorCode.Corruption"/>, whatever their
    /// checksum says.</summary>
    public void Apply(LogFrame frame)
    {
        var isNew = frame.Position >= statePosition;
        if (isNew && frame.Header.Epoch != state.Epoch)
        {
            state.CloseAllSources();
            state.EpochStarts.Add(frame.Header.Epoch, state.NextSequence - 1);
            state.Epoch = frame.Header.Epoch;
        }

        var location = $"log frame at position {frame.Position}";
        if (frame.Type == FrameTypes.Commit)
        {
            ApplyCommit(frame, isNew, location);
            return;
        }

        if (!isNew)
        {
            return;
        }

        var reader = new ByteReader(frame.Payload, location);
        switch (frame.Type)
        {
            case FrameTypes.CreateTable:
                var id = reader.Int32();
                if (state.Tables.Find(id) is not null)
                {
                    reader.Fail($"table {id} exists already");
                }

                state.Add(id, SchemaCodec.Read(ref reader));
                break;
            case FrameTypes.DropTable:
                state.Remove(FindTable(reader.Int32(), ref reader)!);
                break;
            case FrameTypes.OpenSource:
                state.NextSourceId = Math.Max(state.NextSourceId, reader.Int32() + 1);
                reader.Byte();
                reader.Text();
                break;
            case FrameTypes.Mark:
                var kind = reader.Byte();
                if (kind is < (byte)MarkKind.EventTime or > (byte)MarkKind.Close)
                {
                    reader.Fail($"a mark of the unknown kind {kind}");
                }

                Sequencer.ApplyMark(state, reader.Int32(), (MarkKind)kind, reader.Int64());
                break;
            case FrameTypes.Checkpoint:
                reader.Int64();
                break;
            default:
                Throw.Error(
                    ErrorCode.NewerFormat,
                    $"{location}: frames of type {frame.Type} are not known to this version"
                );
                break;
        }

        reader.ExpectEnd();
    }

    private void ApplyCommit(LogFrame frame, bool isNew, string location)
    {
        // Column views need an array under them; the payload is only lent.
        if (payload.Length < frame.Payload.Length)
        {
            payload = new byte[Math.Max(frame.Payload.Length, payload.Length * 2)];
        }

        frame.Payload.CopyTo(payload);
        var reader = new ByteReader(payload.AsSpan(0, frame.Payload.Length), location);
        if (isNew && frame.FirstSequence != state.NextSequence)
        {
            reader.Fail($"the commit begins at sequence {frame.FirstSequence}; {state.NextSequence} comes next");
        }

        var ingestNanos = reader.Int64();
        var sourceId = reader.Int32();
        var symbolFirst = reader.Int32();
        var symbolCount = reader.Count(sizeof(ushort));
        var tableCount = reader.Int32();
        ReadSymbols(ref reader, symbolFirst, symbolCount);
        var sequence = frame.FirstSequence;
        for (var i = 0; i < tableCount; i++)
        {
            sequence += ReadTable(ref reader, frame.Position, sequence, ingestNanos, sourceId, isNew);
        }

        reader.ExpectEnd();
        CommitCount++;
        if (isNew)
        {
            state.NextSequence = sequence;
            state.LastIngestNanos = ingestNanos;
        }
    }

    private void ReadSymbols(ref ByteReader reader, int first, int count)
    {
        if (first < 0 || first > state.Symbols.Count)
        {
            reader.Fail($"symbols from id {first} on, where {state.Symbols.Count} are known");
        }

        for (var id = first; id < first + count; id++)
        {
            var length = reader.Byte() | (reader.Byte() << 8);
            var utf8 = reader.Take(length);
            if (length > SymbolTable.SymbolBytesMax || state.Symbols.Intern(utf8) != id)
            {
                reader.Fail($"symbol {id} has another id already, or is too long");
            }
        }

        state.LoggedSymbolCount = Math.Max(state.LoggedSymbolCount, first + count);
    }

    private int ReadTable(
        ref ByteReader reader,
        long position,
        long firstSequence,
        long ingestNanos,
        int sourceId,
        bool isNew
    )
    {
        var tableId = reader.Int32();
        var rowCount = reader.Count(1);
        var (rejected, duplicates, quarantined) = (reader.Int64(), reader.Int64(), reader.Int64());
        var (lateRows, newest, watermark) = (reader.Int64(), reader.Int64(), reader.Int64());
        var bodyBytes = reader.Int64();
        if (bodyBytes < 0 || bodyBytes > reader.Remaining)
        {
            reader.Fail($"a table's rows of {bodyBytes} bytes, where {reader.Remaining} are left");
        }

        // Rows of a table that was dropped since the manifest are of no use; so are rows that a segment has.
        var table = isNew ? FindTable(tableId, ref reader) : state.Tables.Find(tableId);
        var lastSequence = firstSequence + rowCount - 1;
        if (table is null || rowCount == 0 || lastSequence <= table.SealedThroughSequence)
        {
            reader.Take((int)bodyBytes);
        }
        else
        {
            var late = lateRows > 0 ? reader.Take(rowCount) : default;
            var rows = ReadRows(ref reader, table, rowCount);
            var skipRows = (int)Math.Max(0, table.SealedThroughSequence + 1 - firstSequence);
            table.Head.Prepare(rows, skipRows, rowCount - skipRows);
            var stamps = new AppendedRows(
                firstSequence + skipRows,
                ingestNanos,
                late.IsEmpty ? late : late[skipRows..],
                position
            );
            Sequencer.AppendToHead(table, rows, stamps, added);
        }

        if (isNew && table is not null)
        {
            table.Watermark.Apply(sourceId, newest, watermark);
            table.Counters.Rows += rowCount;
            table.Counters.LateRows += lateRows;
            table.Counters.RejectedRows += rejected;
            table.Counters.DuplicateRows += duplicates;
            table.Counters.QuarantinedRows += quarantined;
            table.Counters.LastSequence = rowCount > 0 ? lastSequence : table.Counters.LastSequence;
        }

        return rowCount;
    }

    private Batch ReadRows(ref ByteReader reader, StorageTable table, int rowCount)
    {
        if (!views.TryGetValue(table.Id, out var rows))
        {
            rows = Batch.CreateView(table.Schema.ToBatchSchema());
            views.Add(table.Id, rows);
        }

        for (var i = 0; i < rows.ColumnCount; i++)
        {
            ReadColumn(ref reader, rows[i], rowCount);
        }

        rows.SetRowCount(rowCount);
        return rows;
    }

    private void ReadColumn(ref ByteReader reader, ColumnVector column, int rowCount)
    {
        var nulls = reader.Byte() != 0 ? payload : null;
        var nullsOffset = reader.Position;
        if (nulls is not null && reader.Take(rowCount).ContainsAnyExceptInRange((byte)0, (byte)1))
        {
            reader.Fail("a validity byte is neither 0 nor 1");
        }

        if (column.Type.Kind != TypeKind.Varchar)
        {
            var start = reader.Position;
            var bytes = (long)rowCount * column.Type.ElementBytes * column.Type.LevelCount;
            reader.Take((int)Math.Min(bytes, int.MaxValue));
            column.BorrowMemory(payload, start, rowCount, rowCount, nulls, nullsOffset);
            return;
        }

        var textBytes = reader.Int32();
        var offsetsAt = reader.Position;
        var offsets = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(
            reader.Take((rowCount + 1) * sizeof(int))
        );
        for (var i = 0; i < rowCount; i++)
        {
            if (offsets[i] > offsets[i + 1])
            {
                reader.Fail("offsets of text do not ascend");
            }
        }

        if (offsets[0] != 0 || offsets[rowCount] != textBytes)
        {
            reader.Fail("offsets of text do not span it");
        }

        var textAt = reader.Position;
        reader.Take(textBytes);
        column.BorrowText(payload, offsetsAt, payload, textAt, textBytes, rowCount, nulls, nullsOffset);
    }

    private StorageTable? FindTable(int id, ref ByteReader reader)
    {
        var table = state.Tables.Find(id);
        if (table is null)
        {
            reader.Fail($"table {id} does not exist");
        }

        return table;
    }
}
