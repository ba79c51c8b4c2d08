using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace TickStore.Storage.Log;

/// <summary>
/// Where bytes stand in the log; <c>docs/format/log.md</c> draws them. All integers are little-endian.
/// A position is a byte address in the endless log: the base of a segment plus the offset in its file.
/// </summary>
internal static class LogFormat
{
    /// <summary>The version of segment headers and frames that this code writes, and the newest that it
    /// reads.</summary>
    public const uint Version = 1;

    /// <summary>Every batch starts at a multiple of this, so that a sector that holds durable frames is never written
    /// again: a write torn by a power cut cannot reach back into them.</summary>
    public const int BatchAlignmentBytes = 512;

    /// <summary>Frames within a batch start at multiples of this.</summary>
    public const int FrameAlignmentBytes = 8;

    /// <summary>The segment's own header; the first batch follows.</summary>
    public const int SegmentHeaderBytes = 4096;

    /// <summary>The last sector of a segment is kept free for the frame that ends it.</summary>
    public const int SegmentEndReserveBytes = BatchAlignmentBytes;

    /// <summary>The largest payload of one frame: 1 GiB.</summary>
    public const int PayloadBytesMax = 1 << 30;

    /// <summary>"TSLF".</summary>
    public const uint FrameMagic = 0x464C5354;

    /// <summary>The whole frame with its padding.</summary>
    public static int FrameBytes(int payloadBytes) =>
        (int)AlignUp((long)FrameHeader.SizeInBytes + payloadBytes, FrameAlignmentBytes);

    /// <summary>Rounds up to a multiple of a power of two.</summary>
    public static long AlignUp(long value, int alignment) => (value + alignment - 1) & -(long)alignment;

    /// <summary>XXH3-64 over everything of the frame behind the checksum field (header rest and payload). The seed mixes the log's
    /// random id with the position, so that a frame of another log, of a recycled segment's former life, or written to a wrong
    /// place never validates. Never zero: zero marks a frame still being copied in memory.</summary>
    public static ulong Checksum(ReadOnlySpan<byte> frameBehindChecksum, ulong logId, long position)
    {
        var seed = logId ^ Mix(position);
        var hash = XxHash3.HashToUInt64(frameBehindChecksum, unchecked((long)seed));
        return hash == 0 ? 1 : hash;
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea, Flood 2014): neighbouring positions give unrelated
    /// seeds.</summary>
    private static ulong Mix(long position)
    {
        var z = unchecked((ulong)position + 0x9E3779B97F4A7C15UL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}

/// <summary>What a frame is for. Types from <see cref="FirstUserType"/> on belong to whoever writes the log.</summary>
internal static class LogFrameType
{
    /// <summary>Not a frame: what unwritten space reads as.</summary>
    public const ushort None = 0;

    /// <summary>A handle opened the log here and took the next epoch.</summary>
    public const ushort EpochStart = 1;

    /// <summary>The log goes on in the segment that begins where this one's file ends.</summary>
    public const ushort SegmentEnd = 2;

    /// <summary>A handle closed the log in good order; it vouches for everything before it.</summary>
    public const ushort Close = 3;

    /// <summary>Space that was reserved by a caller who then failed to fill it.</summary>
    public const ushort Void = 4;

    /// <summary>The first type that callers may use.</summary>
    public const ushort FirstUserType = 16;
}

/// <summary>The 40 bytes in front of each payload.</summary>
/// <param name="Checksum">Offset 0: see <see cref="LogFormat.Checksum"/>.</param>
/// <param name="Magic">Offset 8: <see cref="LogFormat.FrameMagic"/>.</param>
/// <param name="PayloadBytes">Offset 12: bytes of payload behind the header; zero only for the log's own types.</param>
/// <param name="Type">Offset 16: <see cref="LogFrameType"/>.</param>
/// <param name="Flags">Offset 18: bit 0 = last frame of its batch; all others zero.</param>
/// <param name="Epoch">Offset 20: which opening of the log wrote it, from 1.</param>
/// <param name="BatchStart">Offset 24: position of the first frame of the batch; everything below was durable before
/// this batch was written.</param>
/// <param name="FirstSequence">Offset 32: the caller's first sequence number in the payload.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct FrameHeader(
    ulong Checksum,
    uint Magic,
    uint PayloadBytes,
    ushort Type,
    ushort Flags,
    uint Epoch,
    long BatchStart,
    long FirstSequence
)
{
    /// <summary>Asserted equal to the struct's size by a test.</summary>
    public const int SizeInBytes = 40;

    /// <summary>Bytes of the checksum field itself, which it does not cover.</summary>
    public const int ChecksumBytes = 8;

    /// <summary>The last frame of its batch: the next batch starts at the next multiple of the batch
    /// alignment.</summary>
    public const ushort LastInBatch = 1;

    public bool IsLastInBatch => (Flags & LastInBatch) != 0;

    public static FrameHeader Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<FrameHeader>(bytes);

    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);
}

/// <summary>The first 64 bytes of a segment file; the rest of its 4,096-byte header is zero. Their layout is the same
/// in every version, so that any version can say that a file is newer than it understands.</summary>
/// <param name="Version">Format version of the file.</param>
/// <param name="LogId">Random, the same in all segments of one log.</param>
/// <param name="BasePosition">Log position of the file's first byte.</param>
/// <param name="LengthBytes">Length of the file, and distance to the next segment.</param>
internal readonly record struct SegmentHeader(uint Version, ulong LogId, long BasePosition, long LengthBytes)
{
    private const int ChecksumOffset = 56;

    private static ReadOnlySpan<byte> Magic => "TSLOGSEG"u8;

    /// <summary>Position behind the last byte of the file.</summary>
    public long EndPosition => BasePosition + LengthBytes;

    /// <summary>Fills the whole header sector of a new segment.</summary>
    public void Write(Span<byte> header)
    {
        header[..LogFormat.SegmentHeaderBytes].Clear();
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], LogFormat.SegmentHeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], LogId);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], BasePosition);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], LengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], LogFormat.BatchAlignmentBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(
            header[ChecksumOffset..],
            XxHash3.HashToUInt64(header[..ChecksumOffset])
        );
    }

    /// <summary>Reads and judges a header.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? TryRead(ReadOnlySpan<byte> header, out SegmentHeader result)
    {
        result = default;
        if (!header.StartsWith(Magic))
            return "this is not a log segment (wrong magic bytes at offset 0)";
        var checksum = XxHash3.HashToUInt64(header[..ChecksumOffset]);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[ChecksumOffset..]) != checksum)
        {
            return "the segment header's checksum does not hold (offset 0)";
        }

        result = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[32..])
        );
        if (result.Version > LogFormat.Version)
            return null;
        if (
            BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) != LogFormat.SegmentHeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(header[40..]) != LogFormat.BatchAlignmentBytes
            || header[44..ChecksumOffset].ContainsAnyExcept((byte)0)
            || header[(ChecksumOffset + 8)..].ContainsAnyExcept((byte)0)
            || result.LengthBytes % LogFormat.SegmentHeaderBytes != 0
            || result.LengthBytes < 2 * LogFormat.SegmentHeaderBytes
            || result.BasePosition < 0
            || result.BasePosition > long.MaxValue - result.LengthBytes
            || result.BasePosition % LogFormat.SegmentHeaderBytes != 0
        )
        {
            return "the segment header's fields are outside what version 1 allows (offset 8)";
        }

        return null;
    }
}
