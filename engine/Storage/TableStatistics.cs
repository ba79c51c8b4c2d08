using TickStore.Core;
using TickStore.Storage.Catalog;
using TickStore.Storage.Head;
using TickStore.Storage.Segments;

namespace TickStore.Storage;

/// <summary>What the catalog tells of a table.</summary>
public sealed record TableStatistics
{
    /// <summary>The table.</summary>
    public required StorageTable Table { get; init; }

    /// <summary>Rows committed.</summary>
    public required long RowCount { get; init; }

    /// <summary>Bytes of its segments' files.</summary>
    public required long SegmentBytes { get; init; }

    /// <summary>Rows in memory, which no segment has yet.</summary>
    public required long HeadRowCount { get; init; }

    /// <summary>Memory that they take.</summary>
    public required long HeadBytes { get; init; }

    /// <summary>Smallest event time in nanoseconds, or null for a table without rows.</summary>
    public required long? MinTimeNanos { get; init; }

    /// <summary>Largest event time in nanoseconds, or null for a table without rows.</summary>
    public required long? MaxTimeNanos { get; init; }

    /// <summary><c>_seq</c> of the last row, or 0.</summary>
    public required long LastSequence { get; init; }

    /// <summary>Rows that were below the watermark when they came.</summary>
    public required long LateRows { get; init; }

    /// <summary>Rows that producers refused.</summary>
    public required long RejectedRows { get; init; }

    /// <summary>Rows equal in every declared column to the row just before them; they are kept.</summary>
    public required long DuplicateRows { get; init; }

    /// <summary>Rows of live sources too far in the future to move the watermark; they are kept.</summary>
    public required long QuarantinedRows { get; init; }

    /// <summary>Its segments.</summary>
    public required IReadOnlyList<SegmentStatistics> Segments { get; init; }

    /// <summary>Its columns, system columns included, with what they take in the segments.</summary>
    public required IReadOnlyList<ColumnStatistics> Columns { get; init; }

    internal static TableStatistics Gather(StorageTable table, in TableCounters counters, TableVersion version)
    {
        var (min, max) = (long.MaxValue, long.MinValue);
        var headRows = 0L;
        foreach (var chunk in version.Chunks)
        {
            headRows += chunk.RowCount;
            foreach (var time in chunk.Times)
            {
                min = Math.Min(min, time);
                max = Math.Max(max, time);
            }
        }

        foreach (var segment in version.Segments)
        {
            min = Math.Min(min, segment.Entry.MinTime);
            max = Math.Max(max, segment.Entry.MaxTime);
        }

        return new TableStatistics
        {
            Table = table,
            RowCount = counters.Rows,
            SegmentBytes = version.Segments.Sum(s => s.Entry.FileBytes),
            HeadRowCount = headRows,
            HeadBytes = version.HeadBytes,
            MinTimeNanos = min <= max ? min : null,
            MaxTimeNanos = min <= max ? max : null,
            LastSequence = counters.LastSequence,
            LateRows = counters.LateRows,
            RejectedRows = counters.RejectedRows,
            DuplicateRows = counters.DuplicateRows,
            QuarantinedRows = counters.QuarantinedRows,
            Segments = [.. version.Segments.Select(s => new SegmentStatistics(s.Entry.PartitionStart, s.Reader.Info))],
            Columns = [.. table.Schema.AllColumns.Select((_, column) => GatherColumn(table.Schema, column, version))],
        };
    }

    private static ColumnStatistics GatherColumn(TableSchema schema, int column, TableVersion version)
    {
        var (bytes, rows) = (0L, 0L);
        var codecs = new Dictionary<string, int>();
        foreach (var segment in version.Segments)
        {
            var info = segment.Reader.Info.Columns[column];
            bytes += info.Bytes;
            rows += segment.Entry.RowCount;
            foreach (var use in info.Codecs)
            {
                codecs[use.Codec] = codecs.GetValueOrDefault(use.Codec) + use.VectorCount;
            }
        }

        var uses = codecs
            .Select(c => new CodecUse(c.Key, c.Value))
            .OrderByDescending(c => c.VectorCount)
            .ThenBy(c => c.Codec, StringComparer.Ordinal);
        return new ColumnStatistics(schema.AllColumns[column], bytes, rows, [.. uses]);
    }
}

/// <summary>A segment of a table.</summary>
/// <param name="PartitionStartNanos">First event time of its partition; the least value for a table of one
/// partition.</param>
/// <param name="Info">The file and what it holds.</param>
public sealed record SegmentStatistics(long PartitionStartNanos, SegmentInfo Info);

/// <summary>What a column takes in all segments of its table.</summary>
/// <param name="Column">The column.</param>
/// <param name="Bytes">Bytes of its blocks.</param>
/// <param name="RowCount">Rows in the segments.</param>
/// <param name="Codecs">Vectors that each codec holds, most first.</param>
public sealed record ColumnStatistics(ColumnSchema Column, long Bytes, long RowCount, IReadOnlyList<CodecUse> Codecs)
{
    /// <summary>Bits that a value takes (a row, for an array); 0 without sealed rows.</summary>
    public double BitsPerValue => RowCount == 0 ? 0 : Bytes * 8.0 / RowCount;
}
