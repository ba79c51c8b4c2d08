using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Storage.Ingest;

/// <summary>
/// Writes the payload of a commit's frame straight into the log's buffer, column by column.
/// <code>
/// i64 ingest nanos | i32 source | i32 first symbol id | i32 symbols | i32 tables symbols x (u16 bytes, UTF-8) tables
/// x:
///   i32 table | i32 rows | i64 rejected | i64 duplicates | i64 quarantined | i64 late
///   i64 newest event nanos of the source | i64 watermark          both as they are afterwards
///   i64 bytes of what follows for this table, so that it can be skipped
///   late > 0: rows x u8
///   rows > 0: declared columns x:
///     u8 has nulls: rows x u8 validity
///     VARCHAR: i32 text bytes, (rows + 1) x i32 offsets from 0, text
///     others:  levels x rows x value
/// </code>
/// Sequences are not written: they count up from the first one, which the frame's header has, table after table.
/// </summary>
internal static class CommitFrame
{
    /// <summary>Bytes in front of the symbols.</summary>
    public const int FixedBytes = 8 + (4 * sizeof(int));

    /// <summary>Bytes in front of a table's late map.</summary>
    public const int TableFixedBytes = (2 * sizeof(int)) + (7 * sizeof(long));

    /// <summary>The largest payload: a commit beyond it is refused, to be handed over in parts.</summary>
    public const long PayloadBytesMax = 256L << 20;

    /// <summary>Bytes of the payload. O(columns), not rows.</summary>
    public static long Measure(in StagedCommit commit)
    {
        long bytes = FixedBytes;
        for (var id = commit.SymbolFirst; id < commit.SymbolEnd; id++)
        {
            bytes += sizeof(ushort) + commit.Symbols.Utf8(id).Length;
        }

        foreach (ref readonly var batch in commit.Batches)
        {
            bytes += TableFixedBytes + MeasureBody(batch);
        }

        return bytes;
    }

    /// <summary>Fills a payload of exactly the measured length.</summary>
    public static void Write(Span<byte> payload, in StagedCommit commit)
    {
        var target = new Target(payload);
        target.Int64(commit.IngestNanos);
        target.Int32(commit.SourceId);
        target.Int32(commit.SymbolFirst);
        target.Int32(commit.SymbolEnd - commit.SymbolFirst);
        target.Int32(commit.Batches.Length);
        for (var id = commit.SymbolFirst; id < commit.SymbolEnd; id++)
        {
            var symbol = commit.Symbols.Utf8(id);
            BinaryPrimitives.WriteUInt16LittleEndian(target.Take(sizeof(ushort)), (ushort)symbol.Length);
            target.Bytes(symbol);
        }

        foreach (ref readonly var batch in commit.Batches)
        {
            WriteTable(ref target, batch, commit.Late);
        }
    }

    private static long MeasureBody(in StagedBatch batch)
    {
        long rows = batch.Given.RowCount;
        var bytes = batch.Step.LateRows > 0 ? rows : 0;
        for (var i = 0; i < batch.Given.Rows.ColumnCount && rows > 0; i++)
        {
            var column = batch.Given.Rows[i];
            bytes += 1 + (column.MayHaveNulls ? rows : 0);
            bytes +=
                column.Type.Kind == TypeKind.Varchar
                    ? sizeof(int) + ((rows + 1) * sizeof(int)) + TextBytes(column, batch.Given)
                    : rows * column.Type.ElementBytes * column.Type.LevelCount;
        }

        return bytes;
    }

    private static void WriteTable(ref Target target, in StagedBatch batch, ReadOnlySpan<byte> late)
    {
        var given = batch.Given;
        target.Int32(batch.Table.Id);
        target.Int32(given.RowCount);
        target.Int64(given.RejectedRows);
        target.Int64(batch.DuplicateRows);
        target.Int64(batch.Step.QuarantinedRows);
        target.Int64(batch.Step.LateRows);
        target.Int64(batch.Step.NewestNanos);
        target.Int64(batch.Step.Watermark);
        target.Int64(MeasureBody(batch));
        if (batch.Step.LateRows > 0)
        {
            target.Bytes(late.Slice(batch.LateOffset, given.RowCount));
        }

        for (var i = 0; i < given.Rows.ColumnCount && given.RowCount > 0; i++)
        {
            WriteColumn(ref target, given.Rows[i], given);
        }
    }

    private static void WriteColumn(ref Target target, ColumnVector column, in TableBatch given)
    {
        target.Take(1)[0] = column.MayHaveNulls ? (byte)1 : (byte)0;
        if (column.MayHaveNulls)
        {
            target.Bytes(column.Validity.Slice(given.StartRow, given.RowCount));
        }

        if (column.Type.Kind != TypeKind.Varchar)
        {
            var width = column.Type.ElementBytes;
            for (var level = 0; level < column.Type.LevelCount; level++)
            {
                target.Bytes(column.LevelBytes(level).Slice(given.StartRow * width, given.RowCount * width));
            }

            return;
        }

        var offsets = column.Offsets.Slice(given.StartRow, given.RowCount + 1);
        var first = offsets[0];
        target.Int32(offsets[^1] - first);
        var rebased = MemoryMarshal.Cast<byte, int>(target.Take(offsets.Length * sizeof(int)));
        for (var i = 0; i < offsets.Length; i++)
        {
            rebased[i] = offsets[i] - first;
        }

        target.Bytes(column.TextBytes[first..offsets[^1]]);
    }

    private static long TextBytes(ColumnVector column, in TableBatch given)
    {
        var offsets = column.Offsets;
        return offsets[given.StartRow + given.RowCount] - offsets[given.StartRow];
    }

    private ref struct Target(Span<byte> bytes)
    {
        private Span<byte> rest = bytes;

        public Span<byte> Take(int count)
        {
            var taken = rest[..count];
            rest = rest[count..];
            return taken;
        }

        public void Bytes(ReadOnlySpan<byte> source) => source.CopyTo(Take(source.Length));

        public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

        public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);
    }
}
