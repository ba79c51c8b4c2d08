// Memory whose ends are fatal: a buffer between two pages that nobody may touch, so that a read or write one byte
// outside a span that unsafe code was given kills the test process instead of going unnoticed.
using System.Runtime.InteropServices;

namespace TickStore.Tests.Codecs;

internal sealed unsafe partial class GuardedBuffer : IDisposable
{
    private const int ProtectionNone = 0,
        ProtectionReadWrite = 3,
        MapPrivateAnonymous = 0x22;
    private readonly byte* _mapping;
    private readonly nuint _mappingBytes;
    private readonly int _innerBytes;

    internal GuardedBuffer(int capacityBytes)
    {
        int pageBytes = Environment.SystemPageSize;
        _innerBytes = (capacityBytes + pageBytes - 1) / pageBytes * pageBytes;
        _mappingBytes = (nuint)(_innerBytes + (2 * pageBytes));
        _mapping = MemoryMap(null, _mappingBytes, ProtectionNone, MapPrivateAnonymous, -1, 0);
        if ((nint)_mapping == -1 || MemoryProtect(_mapping + pageBytes, (nuint)_innerBytes, ProtectionReadWrite) != 0)
            throw new InvalidOperationException($"mmap or mprotect failed with {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>The last bytes before the guard page behind.</summary>
    internal Span<byte> AtEnd(int bytes) =>
        new(_mapping + Environment.SystemPageSize + _innerBytes - Checked(bytes), bytes);

    /// <summary>The first bytes after the guard page in front.</summary>
    internal Span<byte> AtStart(int bytes) => new(_mapping + Environment.SystemPageSize, Checked(bytes));

    public void Dispose() => _ = MemoryUnmap(_mapping, _mappingBytes);

    private int Checked(int bytes) =>
        (uint)bytes <= (uint)_innerBytes ? bytes : throw new ArgumentOutOfRangeException(nameof(bytes));

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* MemoryMap(
        void* address,
        nuint bytes,
        int protection,
        int flags,
        int file,
        nint offset
    );

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int MemoryProtect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int MemoryUnmap(void* address, nuint bytes);
}
