using System.IO.Compression;

namespace TickStore.Formats;

/// <summary>
/// The inside of a gzip file, checked to be complete. The platform's stream ends without a word where a file was cut
/// off, so the file is read with one more gzip member behind it that holds a known mark: only where every member before
/// it was whole does the mark come out at the end.
/// </summary>
internal sealed class GzipPart : CheckedStream
{
    private const int MarkBytes = 32;

    private static readonly byte[] Mark = "\u0001TickStore end of gzip mark 1.0\u0001"u8.ToArray();
    private static readonly byte[] MarkMember = Compress(Mark);

    private readonly string location;
    private readonly GZipStream inflater;

    // Bytes that may turn out to be the mark are held back.
    private readonly byte[] held = new byte[(1 << 16) + MarkBytes];
    private int heldStart;
    private int heldLength;
    private bool isEnded;

    public GzipPart(Stream file, string location)
    {
        this.location = location;
        inflater = new GZipStream(new Followed(file, MarkMember), CompressionMode.Decompress, leaveOpen: true);
    }

    public override int Read(Span<byte> buffer)
    {
        while (!isEnded && heldLength <= MarkBytes)
        {
            Refill();
        }

        var available = isEnded ? heldLength : heldLength - MarkBytes;
        var count = Math.Min(available, buffer.Length);
        held.AsSpan(heldStart, count).CopyTo(buffer);
        heldStart += count;
        heldLength -= count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        inflater.Dispose();
        base.Dispose(disposing);
    }

    private void Refill()
    {
        held.AsSpan(heldStart, heldLength).CopyTo(held);
        heldStart = 0;
        int read;
        try
        {
            read = inflater.Read(held, heldLength, held.Length - heldLength);
        }
        catch (InvalidDataException error)
        {
            throw FileStreams.Malformed(location, "the gzip data is damaged or cut off", error);
        }

        heldLength += read;
        if (read > 0)
        {
            return;
        }

        if (heldLength < MarkBytes || !held.AsSpan(heldLength - MarkBytes, MarkBytes).SequenceEqual(Mark))
        {
            throw FileStreams.Malformed(location, "the gzip data is cut off, or followed by bytes that are not gzip");
        }

        heldLength -= MarkBytes;
        isEnded = true;
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    private sealed class Followed(Stream first, byte[] second) : CheckedStream
    {
        private int position;

        public override int Read(Span<byte> buffer)
        {
            var read = first.Read(buffer);
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            var count = Math.Min(buffer.Length, second.Length - position);
            second.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return count;
        }
    }
}
