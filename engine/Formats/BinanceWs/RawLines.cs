namespace TickStore.Formats;

/// <summary>Lines of a stream, as they are. A line is on loan until the next call.</summary>
internal sealed class RawLines(Stream stream, string location)
{
    private byte[] buffer = new byte[1 << 18];
    private int start;
    private int end;
    private bool isEnded;

    /// <summary>Number of the line that was given last, from 1.</summary>
    public long Line { get; private set; }

    public bool TryNext(out ReadOnlySpan<byte> line)
    {
        while (true)
        {
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length < 0 && isEnded && start == end)
            {
                line = default;
                return false;
            }

            if (length >= 0 || isEnded)
            {
                var taken = length < 0 ? end - start : length;
                line = buffer.AsSpan(start, taken).TrimEnd((byte)'\r');
                start += Math.Min(taken + 1, end - start);
                Line++;
                return true;
            }

            Refill();
        }
    }

    private void Refill()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        start = 0;
        if (end == buffer.Length)
        {
            if (buffer.Length >= TextBlockReader.RecordBytesMax)
            {
                throw FileStreams.Malformed(
                    $"{location}, line {Line + 1:N0}",
                    $"the line is longer than {TextBlockReader.RecordBytesMax:N0} bytes"
                );
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = stream.Read(buffer, end, buffer.Length - end);
        isEnded = read == 0;
        end += read;
    }
}
