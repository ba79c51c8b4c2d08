using System.Runtime.InteropServices;

namespace TickStore.Storage.Devices;

/// <summary>Native memory aligned to a page, as devices like it; never moved by the collector. Freed by Dispose, or by
/// the finalizer where a failure kept an owner from doing so.</summary>
internal sealed unsafe class AlignedBuffer : IDisposable
{
    /// <summary>Alignment of the first byte.</summary>
    public const int AlignmentBytes = 4096;

    private byte* _memory;

    /// <summary>Allocates <paramref name="lengthBytes"/>, uninitialised: the owner clears what it may not have
    /// written.</summary>
    public AlignedBuffer(int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lengthBytes);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)lengthBytes, AlignmentBytes);
        LengthBytes = lengthBytes;
    }

    /// <summary>Returns the memory if <see cref="Dispose"/> was never called.</summary>
    ~AlignedBuffer() => Free();

    /// <summary>The usable length.</summary>
    public int LengthBytes { get; }

    /// <summary>A bounds-checked window. The caller must not use it after <see cref="Dispose"/>.</summary>
    public Span<byte> Slice(int offset, int lengthBytes)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset, (uint)LengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)lengthBytes, (uint)(LengthBytes - offset));
        return new Span<byte>(_memory + offset, lengthBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
