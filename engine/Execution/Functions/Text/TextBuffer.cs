using System.Buffers;

namespace TickStore.Execution;

/// <summary>Bytes of one text that is being made; one buffer a thread, kept from row to row.</summary>
internal sealed class TextBuffer : IBufferWriter<byte>
{
    [ThreadStatic]
    private static TextBuffer? shared;

    private byte[] bytes = new byte[256];

    /// <summary>This thread's buffer, empty.</summary>
    public static TextBuffer Take()
    {
        shared ??= new TextBuffer();
        shared.Length = 0;
        return shared;
    }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public Span<byte> Written => bytes.AsSpan(0, Length);

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> text) => text.CopyTo(Extend(text.Length));

    /// <summary>Makes room for more bytes, counts them as written and returns the room.</summary>
    public Span<byte> Extend(int count)
    {
        Reserve(count);
        Length += count;
        return bytes.AsSpan(Length - count, count);
    }

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return bytes.AsSpan(Length);
    }

    private void Reserve(int count)
    {
        if (bytes.Length - Length < count)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + count));
        }
    }
}
