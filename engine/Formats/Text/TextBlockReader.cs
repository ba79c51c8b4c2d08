using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Splits a stream of UTF-8 text into records and fields, by RFC 4180 and what is seen besides: lines end in LF or
/// CRLF, the last may lack its end; a field in quotes may hold delimiters, line ends and doubled quotes; an empty field
/// is NULL and <c>""</c> an empty string. Empty lines are passed over, but where records have one field only: there
/// they are NULL.
/// </summary>
internal sealed class TextBlockReader
{
    /// <summary>The longest record, in bytes.</summary>
    public const int RecordBytesMax = 4 << 20;

    private readonly Stream stream;
    private readonly string location;
    private readonly byte delimiter;
    private byte[] buffer;
    private int start;
    private int end;
    private bool isEnded;
    private bool isFirst = true;
    private long line = 1;

    public TextBlockReader(Stream stream, string location, byte delimiter = (byte)',', int bufferBytes = 1 << 18)
    {
        this.stream = stream;
        this.location = location;
        this.delimiter = delimiter;
        buffer = new byte[bufferBytes];
    }

    /// <summary>The fields of the next record as strings (a header), or null at the end of the text.</summary>
    public string[]? ReadHeader(int fieldsMax = 4 * TableSchema.ColumnsMax)
    {
        var block = new TextBlock();
        block.SetFieldCount(fieldsMax);
        var fieldCount = 0;
        if (!Read(block, 1, ref fieldCount))
        {
            return null;
        }

        if (block.ReasonOf(0) is { } reason)
        {
            throw FileStreams.Malformed($"{location}, line {block.LineOf(0):N0}", reason);
        }

        var names = new string[fieldCount];
        for (var i = 0; i < fieldCount; i++)
        {
            names[i] = block.TryGet(0, i, out var text)
                ? System.Text.Encoding.UTF8.GetString(text).Trim()
                : string.Empty;
        }

        return names;
    }

    /// <summary>Fills a block with the next records.</summary>
    /// <returns>False at the end of the text, where the block stays empty.</returns>
    public bool Read(TextBlock block)
    {
        var fieldCount = -1;
        return Read(block, block.CapacityRows, ref fieldCount);
    }

    // A field count of -1 asks for exactly the block's; otherwise any count is taken, and told.
    private bool Read(TextBlock block, int rowsMax, ref int fieldCount)
    {
        block.Clear();
        while (block.RowCount < rowsMax)
        {
            if (start == end && (block.RowCount > 0 || !Refill()))
            {
                break;
            }

            block.Bytes = buffer;
            if (!TryReadRecord(block, ref fieldCount))
            {
                // The record does not lie in the buffer as a whole. Refilling moves bytes, so rows read so far go
                // first.
                if (block.RowCount > 0)
                {
                    break;
                }

                Refill();
            }
        }

        return block.RowCount > 0;
    }

    private bool Refill()
    {
        if (isEnded)
        {
            return false;
        }

        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }
        else if (end == buffer.Length)
        {
            if (buffer.Length >= RecordBytesMax)
            {
                throw FileStreams.Malformed(
                    $"{location}, line {line:N0}",
                    $"the line is longer than {RecordBytesMax:N0} bytes, or a quote in it is never closed"
                );
            }

            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = stream.Read(buffer, end, buffer.Length - end);
        isEnded = read == 0;
        end += read;
        if (isFirst && end >= 3)
        {
            isFirst = false;
            start = buffer.AsSpan(0, 3).SequenceEqual("\uFEFF"u8) ? 3 : 0;
        }

        return read > 0;
    }

    private bool TryReadRecord(TextBlock block, ref int fieldCount)
    {
        var text = buffer.AsSpan(start, end - start);
        var newline = text.IndexOf((byte)'\n');
        if (newline < 0 && !isEnded)
        {
            return false;
        }

        var length = newline < 0 ? text.Length : newline;
        var next = newline < 0 ? text.Length : newline + 1;
        if (text[..length].Contains((byte)'"'))
        {
            return TryReadQuoted(block, ref fieldCount);
        }

        var content = length > 0 && text[length - 1] == '\r' ? length - 1 : length;
        if (content == 0 && block.FieldCount != 1)
        {
            start += next;
            line++;
            return true;
        }

        var found = 0;
        var fieldStart = start;
        var stop = start + content;
        var bytes = buffer;
        for (var i = start; i < stop; i++)
        {
            if (bytes[i] == delimiter)
            {
                if (found < block.FieldCount)
                {
                    block.SetField(found, fieldStart, i == fieldStart ? -1 : i - fieldStart);
                }

                found++;
                fieldStart = i + 1;
            }
        }

        if (found < block.FieldCount)
        {
            block.SetField(found, fieldStart, stop == fieldStart ? -1 : stop - fieldStart);
        }

        found++;
        EndRecord(block, ref fieldCount, found, content, null);
        start += next;
        line++;
        return true;
    }

    private void EndRecord(TextBlock block, ref int fieldCount, int found, int contentBytes, string? reason)
    {
        if (fieldCount >= 0)
        {
            fieldCount = found;
        }
        else if (found != block.FieldCount)
        {
            reason ??= $"the line has {found:N0} fields; {block.FieldCount:N0} are expected";
        }

        block.EndRecord(line, start, contentBytes, Math.Min(found, block.FieldCount), reason);
    }

    // As above, for a record with quotes in it, which may go on over several lines.
    private bool TryReadQuoted(TextBlock block, ref int fieldCount)
    {
        var position = start;
        var found = 0;
        var newlines = 0;
        string? reason = null;
        while (true)
        {
            var isQuoted = position < end && buffer[position] == '"';
            int fieldStart;
            int fieldLength;
            if (isQuoted)
            {
                if (!TryScanQuoted(ref position, block, ref newlines, ref reason, out fieldStart, out fieldLength))
                {
                    return false;
                }
            }
            else
            {
                fieldStart = position;
                while (position < end && buffer[position] != delimiter && buffer[position] != '\n')
                {
                    position++;
                }

                if (position == end && !isEnded)
                {
                    return false;
                }

                var isAtLineEnd = position == end || buffer[position] == '\n';
                fieldLength = position - fieldStart;
                fieldLength -= isAtLineEnd && fieldLength > 0 && buffer[position - 1] == '\r' ? 1 : 0;
                fieldLength = fieldLength == 0 ? -1 : fieldLength;
            }

            if (found < block.FieldCount)
            {
                block.SetField(found, fieldStart, fieldLength);
            }

            found++;
            if (position < end && buffer[position] == delimiter)
            {
                position++;
                continue;
            }

            var contentBytes = position - start;
            contentBytes -= contentBytes > 0 && buffer[position - 1] == '\r' ? 1 : 0;
            EndRecord(block, ref fieldCount, found, contentBytes, reason);
            start = Math.Min(position + 1, end);
            line += newlines + 1;
            return true;
        }
    }

    // Stands on an opening quote; ends on the delimiter, the line feed or the end behind the closing one.
    private bool TryScanQuoted(
        ref int position,
        TextBlock block,
        ref int newlines,
        ref string? reason,
        out int fieldStart,
        out int fieldLength
    )
    {
        position++;
        fieldStart = position;
        fieldLength = 0;
        var unescapedStart = -1;
        var pieceStart = position;
        while (true)
        {
            var quote = buffer.AsSpan(position, end - position).IndexOf((byte)'"');
            if (quote < 0)
            {
                if (!isEnded)
                {
                    return false;
                }

                reason ??= "a quote is never closed";
                position = end;
                fieldLength = end - fieldStart;
                return true;
            }

            newlines += buffer.AsSpan(position, quote).Count((byte)'\n');
            position += quote;
            if (position + 1 == end && !isEnded)
            {
                return false;
            }

            var isDoubled = position + 1 < end && buffer[position + 1] == '"';
            if (!isDoubled && unescapedStart < 0)
            {
                fieldLength = position - fieldStart;
                break;
            }

            // The piece up to here, with one quote of a doubled pair.
            unescapedStart = unescapedStart < 0 ? block.UnescapedLength : unescapedStart;
            block.AppendUnescaped(buffer.AsSpan(pieceStart, position - pieceStart + (isDoubled ? 1 : 0)));
            if (!isDoubled)
            {
                fieldStart = ~unescapedStart;
                fieldLength = block.UnescapedLength - unescapedStart;
                break;
            }

            position += 2;
            pieceStart = position;
        }

        position++;
        if (position < end && buffer[position] == '\r' && (position + 1 == end || buffer[position + 1] == '\n'))
        {
            if (position + 1 == end && !isEnded)
            {
                return false;
            }

            position++;
        }

        if (position < end && buffer[position] != delimiter && buffer[position] != '\n')
        {
            reason ??= "text stands behind a closing quote";
            while (position < end && buffer[position] != delimiter && buffer[position] != '\n')
            {
                position++;
            }
        }

        return position < end || isEnded;
    }
}
