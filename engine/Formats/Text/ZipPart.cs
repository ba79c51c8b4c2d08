using System.IO.Compression;
using System.IO.Hashing;

namespace TickStore.Formats;

/// <summary>
/// The inside of a zip entry, checked against the length and the CRC-32 that the archive gives for it.
/// </summary>
internal sealed class ZipPart : CheckedStream
{
    private readonly string location;
    private readonly Stream inflater;
    private readonly Crc32 checksum = new();
    private readonly long expectedBytes;
    private readonly uint expectedChecksum;
    private long readBytes;

    public ZipPart(ZipArchiveEntry entry, string location)
    {
        this.location = location;
        expectedBytes = entry.Length;
        expectedChecksum = entry.Crc32;
        inflater = entry.Open();
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = inflater.Read(buffer);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw FileStreams.Malformed(location, "the zip entry is damaged or cut off", error);
        }

        readBytes += read;
        checksum.Append(buffer[..read]);
        if (read == 0 && buffer.Length > 0)
        {
            if (readBytes != expectedBytes)
            {
                throw FileStreams.Malformed(
                    location,
                    $"the zip entry ends after {readBytes:N0} bytes; its directory says {expectedBytes:N0}"
                );
            }

            if (checksum.GetCurrentHashAsUInt32() != expectedChecksum)
            {
                throw FileStreams.Malformed(location, "the zip entry's checksum is wrong");
            }
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        inflater.Dispose();
        base.Dispose(disposing);
    }
}
