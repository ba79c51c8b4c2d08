using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Head;
using TickStore.Storage.Log;
using TickStore.Storage.Records;
using TickStore.Storage.Recovery;

namespace TickStore.Storage.Ingest;

/// <summary>The small records: tables made and dropped, sources, MARKs and checkpoints, in the same order as the
/// rows.</summary>
internal sealed partial class Sequencer
{
    /// <summary>Makes a table; a name that exists is refused.</summary>
    public StorageTable CreateTable(TableSchema schema, out long endPosition)
    {
        schema.Validate();
        lock (Gate)
        {
            ThrowIfTelling();
            ThrowIfUnusable();
            if (state.Tables.Find(schema.Name) is { } existing)
            {
                Throw.Error(ErrorCode.AlreadyExists, $"Table {existing.Name} exists already");
            }

            var id = state.NextTableId;
            record.Clear();
            record.Int32(id);
            SchemaCodec.Write(record, schema);
            endPosition = AppendRecord(FrameTypes.CreateTable).EndPosition;
            return state.Add(id, schema);
        }
    }

    /// <summary>Drops a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="keep">Gets its segments, which the manifest still names, while they are still held.</param>
    /// <param name="endPosition">Durable once the log is here.</param>
    public void DropTable(StorageTable table, Action<IReadOnlyList<SegmentHandle>> keep, out long endPosition)
    {
        lock (Gate)
        {
            ThrowIfTelling();
            ThrowIfUnusable();
            if (table.IsDropped || state.Tables.Find(table.Id) != table)
            {
                Throw.Error(ErrorCode.UnknownName, $"Table {table.Name} does not exist");
            }

            record.Clear();
            record.Int32(table.Id);
            endPosition = AppendRecord(FrameTypes.DropTable).EndPosition;
            keep(table.Versions.Current.Segments);
            state.Remove(table);
        }
    }

    /// <summary>Begins a source.</summary>
    public int OpenSource(string name, bool isLive)
    {
        lock (Gate)
        {
            ThrowIfTelling();
            ThrowIfUnusable();
            var id = state.NextSourceId;
            record.Clear();
            record.Int32(id);
            record.Byte(isLive ? (byte)1 : (byte)0);
            record.Text(name);
            AppendRecord(FrameTypes.OpenSource);
            state.NextSourceId = id + 1;
            return id;
        }
    }

    /// <summary>Logs what a source says of time, and moves watermarks by it.</summary>
    public void Mark(int sourceId, MarkKind kind, long eventNanos)
    {
        lock (Gate)
        {
            ThrowIfTelling();
            ThrowIfUnusable();
            record.Clear();
            record.Byte((byte)kind);
            record.Int32(sourceId);
            record.Int64(eventNanos);
            AppendRecord(FrameTypes.Mark);
            ApplyMark(state, sourceId, kind, eventNanos);
        }
    }

    /// <summary>Appends a frame for replay to begin at. The caller holds the lock, so that the state belongs to
    /// it.</summary>
    public LogRange AppendCheckpoint()
    {
        ThrowIfUnusable();
        record.Clear();
        record.Int64(state.LastIngestNanos);
        return AppendRecord(FrameTypes.Checkpoint);
    }

    internal static void ApplyMark(DatabaseState state, int sourceId, MarkKind kind, long eventNanos)
    {
        foreach (var table in state.Tables.All)
        {
            switch (kind)
            {
                case MarkKind.EventTime:
                    table.Watermark.Mark(sourceId, eventNanos);
                    break;
                case MarkKind.Idle:
                case MarkKind.Close:
                    table.Watermark.Remove(sourceId);
                    break;
            }
        }
    }

    private LogRange AppendRecord(ushort type)
    {
        try
        {
            return log.Append(type, state.NextSequence, record.Written);
        }
        catch (Exception e)
        {
            failure ??= AsFailure(e);
            throw;
        }
    }
}
