using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TickStore.Core;
using ZstdSharp;

namespace TickStore.Formats;

/// <summary>
/// A WonderTrader data block: 8 bytes of magic, u16 type, u16 version, u64 size of what follows, and one zstd frame of
/// <see cref="DsbTick"/> records. Every length is checked before it is used.
/// </summary>
internal static class DsbFile
{
    /// <summary>What the file begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "&^%$#@!\0"u8;

    private const int HeaderBytes = 20;

    /// <summary>
    /// The most that one file's records may take, so that a damaged header cannot ask for all memory.
    /// </summary>
    private const long RecordBytesMax = 1L << 30;

    /// <summary>Reads all records of a file, a day's ticks of one instrument (some 10 MB).</summary>
    public static byte[] ReadRecords(string path)
    {
        byte[] bytes;
        using (var file = FileStreams.OpenRead(path))
        {
            if (file.Length > RecordBytesMax)
            {
                throw FileStreams.Malformed(
                    path,
                    $"the file has {file.Length:N0} bytes; at most {RecordBytesMax:N0} are possible"
                );
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }

        if (bytes.Length < HeaderBytes || !bytes.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw FileStreams.Malformed(path, "the file is not a WonderTrader data block: its first 8 bytes are wrong");
        }

        var sizeBytes = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(12));
        var frame = bytes.AsSpan(HeaderBytes);
        if (sizeBytes != (ulong)frame.Length)
        {
            throw FileStreams.Malformed(
                path,
                $"{frame.Length:N0} bytes follow the header, which says {sizeBytes:N0}: the file is cut off or damaged"
            );
        }

        byte[] records;
        try
        {
            var expanded = Decompressor.GetDecompressedSize(frame);
            if (expanded > RecordBytesMax)
            {
                throw FileStreams.Malformed(
                    path,
                    $"the frame expands to {expanded:N0} bytes; at most {RecordBytesMax:N0} are possible"
                );
            }

            using var decompressor = new Decompressor();
            records = decompressor.Unwrap(frame).ToArray();
        }
        catch (ZstdException error)
        {
            throw FileStreams.Malformed(path, $"the zstd frame is damaged: {error.Message}", error);
        }

        if (records.Length % DsbTick.SizeInBytes != 0)
        {
            throw FileStreams.Malformed(
                path,
                $"the frame holds {records.Length:N0} bytes, which is no whole number of {DsbTick.SizeInBytes}-byte ticks"
            );
        }

        return records;
    }

    /// <summary>The record at an index.</summary>
    public static DsbTick Tick(ReadOnlySpan<byte> records, int index) =>
        MemoryMarshal.Read<DsbTick>(records.Slice(index * DsbTick.SizeInBytes, DsbTick.SizeInBytes));
}
