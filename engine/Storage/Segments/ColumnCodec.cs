using System.Runtime.InteropServices;
using TickStore.Codecs;
using TickStore.Core;
using TickStore.Storage.Records;

namespace TickStore.Storage.Segments;

/// <summary>One level of one vector between a <see cref="ColumnVector"/> and its encoded bytes, by physical
/// type.</summary>
internal static class ColumnCodec
{
    /// <summary>Encodes all rows of a level; NULL slots must have been filled.</summary>
    public static int Encode(ColumnVector vector, int level, ByteWriter writer)
    {
        var rows = vector.RowCount;
        if (vector.Type.Kind == TypeKind.Varchar)
        {
            var offsets = vector.Offsets;
            var room = writer.Reserve(VectorEncoder.MaxEncodedStringBytes(rows, offsets[^1] - offsets[0]));
            return Advance(writer, VectorEncoder.EncodeStrings(offsets, vector.TextBytes, room));
        }

        var target = writer.Reserve(VectorEncoder.MaxEncodedBytes(rows, vector.Type.ElementBytes));
        return Advance(
            writer,
            vector.Type.Physical switch
            {
                PhysicalType.Byte => VectorEncoder.Encode(vector.Level<byte>(level), target),
                PhysicalType.Int16 => VectorEncoder.Encode(vector.Level<short>(level), target),
                PhysicalType.Int32 => VectorEncoder.Encode(vector.Level<int>(level), target),
                PhysicalType.Int64 => VectorEncoder.Encode(vector.Level<long>(level), target),
                PhysicalType.Float => VectorEncoder.Encode(vector.Level<float>(level), target),
                PhysicalType.Double => VectorEncoder.Encode(vector.Level<double>(level), target),
                PhysicalType.Interval => VectorEncoder.Encode(vector.Level<Interval>(level), target),
                PhysicalType.Utf8 => Throw.Error<int>(ErrorCode.Internal, "Strings have no levels"),
            }
        );
    }

    /// <summary>Decodes a level into an owning vector whose row count the caller sets; VARCHAR rows are
    /// appended.</summary>
    /// <returns>Bytes that the vector took.</returns>
    public static int Decode(
        ReadOnlySpan<byte> encoded,
        int rowCount,
        ColumnVector target,
        int level,
        ByteWriter scratch
    )
    {
        switch (target.Type.Physical)
        {
            case PhysicalType.Byte:
                return VectorDecoder.Decode(encoded, rowCount, target.Writable<byte>(level));
            case PhysicalType.Int16:
                return VectorDecoder.Decode(encoded, rowCount, target.Writable<short>(level));
            case PhysicalType.Int32:
                return VectorDecoder.Decode(encoded, rowCount, target.Writable<int>(level));
            case PhysicalType.Int64:
                return VectorDecoder.Decode(encoded, rowCount, target.Writable<long>(level));
            case PhysicalType.Float:
                return VectorDecoder.Decode(encoded, rowCount, target.Writable<float>(level));
            case PhysicalType.Double:
                return VectorDecoder.Decode(encoded, rowCount, target.Writable<double>(level));
            case PhysicalType.Interval:
                return VectorDecoder.Decode(encoded, rowCount, target.Writable<Interval>(level));
            default:
                var textBytes = VectorDecoder.DecodedStringBytes(encoded, rowCount);
                var offsetBytes = (rowCount + 1) * sizeof(int);
                scratch.Clear();
                var room = scratch.Reserve(offsetBytes + textBytes);
                var offsets = MemoryMarshal.Cast<byte, int>(room[..offsetBytes]);
                var text = room.Slice(offsetBytes, textBytes);
                var takenBytes = VectorDecoder.DecodeStrings(encoded, rowCount, offsets, text);
                target.AppendText(offsets, text);
                return takenBytes;
        }
    }

    /// <summary>
    /// Gives NULL slots the value before them (the first value that there is, at the beginning), so that they cost
    /// little and never widen a frame. VARCHAR keeps the empty strings that NULLs have.
    /// </summary>
    public static void FillNulls(ColumnVector vector)
    {
        if (!vector.MayHaveNulls || vector.Type.Kind == TypeKind.Varchar)
        {
            return;
        }

        for (var level = 0; level < vector.Type.LevelCount; level++)
        {
            switch (vector.Type.ElementBytes)
            {
                case 1:
                    Fill(vector.Writable<byte>(level), vector.Validity);
                    break;
                case 2:
                    Fill(vector.Writable<short>(level), vector.Validity);
                    break;
                case 4:
                    Fill(vector.Writable<int>(level), vector.Validity);
                    break;
                case 8:
                    Fill(vector.Writable<long>(level), vector.Validity);
                    break;
                default:
                    Fill(vector.Writable<Interval>(level), vector.Validity);
                    break;
            }
        }
    }

    private static void Fill<T>(Span<T> values, ReadOnlySpan<byte> validity)
        where T : unmanaged
    {
        var first = validity.IndexOfAnyExcept((byte)0);
        var last = first < 0 ? default : values[first];
        for (var row = 0; row < validity.Length; row++)
        {
            last = values[row] = validity[row] == 0 ? last : values[row];
        }
    }

    private static int Advance(ByteWriter writer, int writtenBytes)
    {
        writer.Advance(writtenBytes);
        return writtenBytes;
    }
}
