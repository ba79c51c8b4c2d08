using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote, in the same order. The stream's checksum was verified before, so lengths are trusted as
/// far as the stream goes.
/// </summary>
public sealed class StateReader(Stream stream)
{
    private byte[] scratch = new byte[256];

    /// <summary>Reads one value. Throws Corruption at the stream's end.</summary>
    public T Read<T>()
        where T : unmanaged
    {
        var bytes = Fill(Unsafe.SizeOf<T>());
        return MemoryMarshal.Read<T>(bytes);
    }

    /// <summary>Reads values that were written as a span; on loan until the next call.</summary>
    public ReadOnlySpan<T> ReadSpan<T>()
        where T : unmanaged
    {
        var count = Read<int>();
        return MemoryMarshal.Cast<byte, T>(Fill(checked(count * Unsafe.SizeOf<T>())));
    }

    /// <summary>Appends the rows of a column to an owning vector of the type that was written.</summary>
    public void ReadVector(ColumnVector target)
    {
        var rowCount = Read<int>();
        var hasNulls = Read<bool>();
        var before = target.RowCount;
        byte[]? validity = hasNulls ? [.. Fill(rowCount)] : null;
        if (target.Type.Kind == TypeKind.Varchar)
        {
            for (var row = 0; row < rowCount; row++)
            {
                target.AppendUtf8(ReadSpan<byte>());
            }
        }
        else
        {
            target.EnsureCapacity(before + rowCount);
            var bytesPerLevel = checked(rowCount * target.Type.ElementBytes);
            for (var level = 0; level < target.Type.LevelCount; level++)
            {
                var source = Fill(bytesPerLevel);
                source.CopyTo(WritableBytes(target, level)[(before * target.Type.ElementBytes)..]);
            }

            target.SetRowCount(before + rowCount);
        }

        if (validity is not null)
        {
            validity.CopyTo(target.WritableValidity()[before..]);
        }
    }

    /// <summary>Appends the rows of every column to an owning batch of the schema that was written.</summary>
    public void ReadBatch(Batch target)
    {
        var rowCount = Read<int>();
        for (var i = 0; i < target.ColumnCount; i++)
        {
            ReadVector(target[i]);
        }

        target.SetRowCount(target.RowCount + rowCount);
    }

    private static Span<byte> WritableBytes(ColumnVector target, int level) =>
        target.Type.ElementBytes switch
        {
            1 => MemoryMarshal.AsBytes(target.Writable<byte>(level)),
            2 => MemoryMarshal.AsBytes(target.Writable<short>(level)),
            4 => MemoryMarshal.AsBytes(target.Writable<int>(level)),
            8 => MemoryMarshal.AsBytes(target.Writable<long>(level)),
            _ => MemoryMarshal.AsBytes(target.Writable<Int128>(level)),
        };

    private Span<byte> Fill(int lengthBytes)
    {
        if (lengthBytes < 0)
        {
            Throw.Error(ErrorCode.Corruption, "A saved state names a negative length");
        }

        if (scratch.Length < lengthBytes)
        {
            scratch = new byte[Math.Max(lengthBytes, scratch.Length * 2)];
        }

        try
        {
            stream.ReadExactly(scratch, 0, lengthBytes);
        }
        catch (EndOfStreamException e)
        {
            throw new TickStoreException(ErrorCode.Corruption, "A saved state ends too early", e);
        }

        return scratch.AsSpan(0, lengthBytes);
    }
}
