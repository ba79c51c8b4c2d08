using System.Runtime.InteropServices;
using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Writes the state of a circuit to a stream, little-endian. What is read back by <see cref="StateReader"/> in the same order; whoever
/// keeps the stream adds a checksum.
/// </summary>
public sealed class StateWriter(Stream stream)
{
    /// <summary>Writes one value.</summary>
    public void Write<T>(T value)
        where T : unmanaged => stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Writes how many values there are, then the values.</summary>
    public void WriteSpan<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Write(values.Length);
        stream.Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Writes the rows of a column, NULLs and text included. Its type is not written.</summary>
    public void WriteVector(ColumnVector vector)
    {
        Write(vector.RowCount);
        Write(vector.MayHaveNulls);
        if (vector.MayHaveNulls)
        {
            stream.Write(vector.Validity);
        }

        if (vector.Type.Kind == TypeKind.Varchar)
        {
            for (var row = 0; row < vector.RowCount; row++)
            {
                WriteSpan(vector.Utf8(row));
            }

            return;
        }

        for (var level = 0; level < vector.Type.LevelCount; level++)
        {
            stream.Write(vector.LevelBytes(level));
        }
    }

    /// <summary>Writes the rows of every column. The schema is not written.</summary>
    public void WriteBatch(Batch batch)
    {
        Write(batch.RowCount);
        for (var i = 0; i < batch.ColumnCount; i++)
        {
            WriteVector(batch[i]);
        }
    }
}
