using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using TickStore.Core;

namespace TickStore.Storage.Segments;

/// <summary>
/// The bytes of a segment file. All numbers are little-endian; docs/format/segment.md says what each part means.
/// <code>
///   offset 0      header, 64 bytes, laid out the same in every version of the format
///                 +0  magic "TickSeg\n"     +8  u32 version      +12 u32 flags, 0
///                 +16 u64 file id           +24 u64 file length  +32 u64 footer offset
///                 +40 u64 footer length     +48 u64 footer checksum
///                 +56 u64 checksum of bytes 0 to 55
///   offset 64     blocks, back to back: one level of one column, up to 64 vectors
///                 u32 vector count | u32 end of each vector, counted from here on | the vectors
///                 a vector: its values, then its validity if it holds a NULL and the level is the first
///   footer        schema | totals | vectors | symbols | commits | zone maps | block table | statistics
///   file length   the end
/// </code>
/// A block's checksum is XxHash3-64 of its bytes, seeded with file id + block offset, so that a block of another file
/// or from another place never validates. The footer's is seeded with the file id, the header's with nothing.
/// </summary>
internal static class SegmentFormat
{
    public const uint Version = 1;
    public const int HeaderBytes = 64;
    public const int VectorRowsMax = Batch.VectorRows;
    public const int VectorsPerBlock = 64;

    /// <summary>From this many rows on a symbol begins vectors of its own.</summary>
    public const int OwnVectorRows = VectorRowsMax / 2;

    private const int ChecksumOffset = 56;

    private static ReadOnlySpan<byte> Magic => "TickSeg\n"u8;

    public static ulong BlockChecksum(ReadOnlySpan<byte> block, ulong fileId, long offset) =>
        XxHash3.HashToUInt64(block, unchecked((long)fileId + offset));

    public static ulong FooterChecksum(ReadOnlySpan<byte> footer, ulong fileId) =>
        XxHash3.HashToUInt64(footer, unchecked((long)fileId));

    /// <summary>An id that differs between the segments of a database, and is the same whenever the same file is
    /// written.</summary>
    public static ulong FileId(string path, string table, long rowCount, long minSequence) =>
        XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{table}/{Path.GetFileName(path)}/{rowCount}/{minSequence}"));

    public static void WriteHeader(in SegmentHeader header, Span<byte> target)
    {
        target.Clear();
        Magic.CopyTo(target);
        BinaryPrimitives.WriteUInt32LittleEndian(target[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], header.FileId);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], header.FileBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], header.FooterOffset);
        BinaryPrimitives.WriteInt64LittleEndian(target[40..], header.FooterBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(target[48..], header.FooterChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(
            target[ChecksumOffset..],
            XxHash3.HashToUInt64(target[..ChecksumOffset])
        );
    }

    /// <summary>Reads a header and tells apart: another kind of file, a file cut short, a changed one, a newer
    /// format.</summary>
    /// <param name="bytes">The first bytes of the file, up to <see cref="HeaderBytes"/>.</param>
    /// <param name="fileBytes">Length of the file.</param>
    /// <param name="path">Named in errors.</param>
    public static SegmentHeader ReadHeader(ReadOnlySpan<byte> bytes, long fileBytes, string path)
    {
        var magicBytes = Math.Min(bytes.Length, Magic.Length);
        if (bytes.IsEmpty || !bytes[..magicBytes].SequenceEqual(Magic[..magicBytes]))
        {
            Throw.Corrupt(path, "this is not a segment file: it does not begin with the segment magic");
        }

        if (bytes.Length < HeaderBytes)
        {
            Throw.Corrupt(
                path,
                $"the segment file is truncated: {fileBytes} bytes, and its header alone has {HeaderBytes}"
            );
        }

        if (
            XxHash3.HashToUInt64(bytes[..ChecksumOffset])
            != BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumOffset..])
        )
        {
            Throw.Corrupt(path, "the header's checksum does not hold");
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version > Version)
        {
            throw new TickStoreException(
                ErrorCode.NewerFormat,
                $"{path}: segment format {version} is newer than {Version}, the newest that this program reads; use a newer program"
            )
            {
                Location = path,
            };
        }

        var header = new SegmentHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..])
        );
        if (fileBytes < header.FileBytes)
        {
            Throw.Corrupt(path, $"the segment file is truncated: {fileBytes} of {header.FileBytes} bytes are there");
        }

        if (
            version == 0
            || fileBytes != header.FileBytes
            || header.FooterOffset < HeaderBytes
            || header.FooterBytes is < 0 or > int.MaxValue
            || header.FooterOffset > fileBytes - header.FooterBytes
            || header.FooterOffset + header.FooterBytes != fileBytes
        )
        {
            Throw.Corrupt(path, $"version, lengths or footer in the header do not fit a file of {fileBytes} bytes");
        }

        return header;
    }
}

/// <summary>The header's fields that vary.</summary>
internal readonly record struct SegmentHeader(
    ulong FileId,
    long FileBytes,
    long FooterOffset,
    long FooterBytes,
    ulong FooterChecksum
);
