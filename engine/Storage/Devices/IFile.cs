using TickStore.Core;

namespace TickStore.Storage.Devices;

/// <summary>
/// One open file, addressed by offset: there is no stream position, so any number of threads may read and write
/// disjoint ranges at once. Every failure of the device is a <see cref="TickStoreException"/> of
/// <see cref="ErrorCode.DeviceFailed"/> or <see cref="ErrorCode.DiskFull"/> that names the call, its errno and the
/// path.
/// </summary>
public interface IFile : IDisposable
{
    /// <summary>The path the file was opened by; a later rename does not change it.</summary>
    string Path { get; }

    /// <summary>The length in bytes, asked of the device at each call.</summary>
    long Length { get; }

    /// <summary>Reads into <paramref name="buffer"/> from <paramref name="offset"/>.</summary>
    /// <returns>The bytes read: all of the buffer, or fewer only where the file ends.</returns>
    int ReadAt(Span<byte> buffer, long offset);

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>, growing the file if need be.
    /// An exception leaves an unknown part of them written; nothing is durable before <see cref="Sync"/>
    /// returns.</summary>
    void WriteAt(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Makes contents and length durable (fdatasync). After an exception the kernel may have dropped the dirty
    /// pages: calling again proves nothing, so the caller must treat everything since the last success as
    /// lost.</summary>
    void Sync();

    /// <summary>Reserves blocks so that the file is at least <paramref name="lengthBytes"/> long, new bytes reading as
    /// zero (fallocate; where that is missing, the length is set and blocks are not promised).</summary>
    void Allocate(long lengthBytes);

    /// <summary>Cuts or extends the file to <paramref name="lengthBytes"/>; new bytes read as zero.</summary>
    void SetLength(long lengthBytes);

    /// <summary>The first offset at or after <paramref name="offset"/> that may hold a byte other than zero, or the
    /// length of the file if there is none. A hint that saves reading unwritten space: an implementation that does not
    /// know returns <paramref name="offset"/> itself.</summary>
    long NextDataOffset(long offset);
}
