using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Level-2 data of Shanghai and Shenzhen as CSV, plain, in .gz or .zip (<c>sse-l2</c>): streams <c>orders</c>,
/// <c>trades</c>, <c>snapshots</c> and <c>queue</c>, told by their headers (<see cref="SseLevel2Layout"/>). Times are
/// China's (UTC+08) and become UTC; times without a date take the day of eight digits in the entry's name or the path.
/// Prices are DECIMAL with three places, to which texts such as 1854.980000000000018 round. <c>seq</c> is the channel's
/// sequence that orders and trades share. Columns that a vendor does not give are left out.
/// </summary>
internal sealed partial class SseLevel2Import : IImportFormat
{
    public string Name => "sse-l2";

    public bool Recognizes(string path, ReadOnlySpan<byte> head)
    {
        try
        {
            using var input = new InputFile(path);
            return input.NextPart()
                && new TextBlockReader(input.Part, input.Location, bufferBytes: 1 << 14).ReadHeader() is { } header
                && SseLevel2Layout.Find(header) is not null;
        }
        catch (TickStoreException)
        {
            return false;
        }
    }

    public IImportReader Open(ImportRequest request)
    {
        var streams = new StreamList(request.TableName);
        var parts = new Dictionary<(string Path, string Part), (int Stream, SseLevel2Layout Layout, string[] Header)>();
        foreach (var path in request.Files)
        {
            using var input = new InputFile(path);
            while (input.NextPart())
            {
                var header = new TextBlockReader(input.Part, input.Location, bufferBytes: 1 << 14).ReadHeader();
                if (header is null)
                {
                    continue;
                }

                var layout =
                    SseLevel2Layout.Find(header)
                    ?? throw FileStreams.Malformed(
                        input.Location,
                        $"the header is not one of Level-2 orders, trades, snapshots or queues: {string.Join(",", header.Take(12))}"
                    );
                var schema = SchemaExtensions.Declare(request.TableName, ToColumns(layout, header));
                parts[(path, input.PartName)] = (streams.Add(layout.Suffix, schema, input.Location), layout, header);
            }
        }

        if (parts.Count == 0)
        {
            throw FileStreams.Malformed(request.Files[0], "the file holds no header and no rows");
        }

        var announced = streams.ToStreams();
        return new TextImportReader(
            request,
            announced,
            input =>
            {
                if (!parts.TryGetValue((input.Path, input.PartName), out var part))
                {
                    return null;
                }

                return new TextPart
                {
                    Stream = part.Stream,
                    Converters = ToConverters(part.Layout, part.Header, announced[part.Stream].Schema, input, request),
                    FieldCount = part.Header.Length,
                    HasHeader = true,
                };
            }
        );
    }

    private static List<ColumnSchema> ToColumns(SseLevel2Layout layout, string[] header)
    {
        var columns = new List<ColumnSchema>();
        foreach (var column in layout.Columns)
        {
            var fields = Fields(column, header);
            if (fields.Length > 0)
            {
                columns.Add(
                    new ColumnSchema(
                        column.Name,
                        column.Field == SseField.Levels ? column.Type.ArrayOf(fields.Length) : column.Type,
                        Nullable: column.Name is not ("ts" or "symbol")
                    )
                );
            }
        }

        return columns;
    }

    private static FieldConverter[] ToConverters(
        SseLevel2Layout layout,
        string[] header,
        TableSchema schema,
        InputFile input,
        ImportRequest request
    )
    {
        var converters = new List<FieldConverter>();
        foreach (var source in layout.Columns)
        {
            var fields = Fields(source, header);
            if (fields.Length == 0)
            {
                continue;
            }

            var column = schema.Columns[converters.Count];
            converters.Add(
                source.Field switch
                {
                    SseField.Time => ToTime(column, fields[0], header, input),
                    SseField.Side => FieldConverters.Of<int, CodeParser>(
                        column,
                        fields,
                        new(request.Symbols, [("1", "B"), ("2", "S"), ("0", "N")])
                    ),
                    SseField.OrderType => FieldConverters.Of<int, CodeParser>(
                        column,
                        fields,
                        new(request.Symbols, [("2", "A"), ("10", "D")])
                    ),
                    SseField.Plain or SseField.Levels => FieldConverters.Plain(column, fields, request.Symbols),
                }
            );
        }

        return [.. converters];
    }

    private static FieldConverter ToTime(ColumnSchema column, int field, string[] header, InputFile input)
    {
        if (header[field] == "MDTime")
        {
            return new DateTimeConverter(
                column.Name,
                Array.IndexOf(header, "MDDate"),
                field,
                LocalClock.China,
                column.Nullable
            );
        }

        // Texts with a date are read as they are; the others are times of the day that the path names.
        return FieldConverters.Of<long, DayTimeParser>(column, [field], new(DayOf(input)));
    }

    private static int? DayOf(InputFile input)
    {
        foreach (var text in (ReadOnlySpan<string>)[input.PartName, input.Path])
        {
            var matches = EightDigits().Matches(text);
            for (var i = matches.Count - 1; i >= 0; i--)
            {
                if (DateText.TryParse(Encoding.UTF8.GetBytes(matches[i].Value), out var days) == TextStatus.Ok)
                {
                    return days;
                }
            }
        }

        return null;
    }

    private static int[] Fields(SseColumn column, string[] header)
    {
        foreach (var source in column.Sources)
        {
            if (column.Field != SseField.Levels)
            {
                var field = Array.IndexOf(header, source);
                if (field >= 0)
                {
                    return [field];
                }

                continue;
            }

            // Levels count from 0 or from 1, as far as the header goes.
            var first = Array.IndexOf(header, source.Replace("*", "0", StringComparison.Ordinal)) >= 0 ? 0 : 1;
            var fields = new List<int>();
            for (var level = first; ; level++)
            {
                var name = source.Replace("*", level.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
                var field = Array.IndexOf(header, name);
                if (field < 0)
                {
                    break;
                }

                fields.Add(field);
            }

            if (fields.Count > 0)
            {
                return [.. fields];
            }
        }

        return [];
    }

    [GeneratedRegex(@"(?<!\d)(19|20)\d{6}(?!\d)")]
    private static partial Regex EightDigits();

    /// <summary>A time with its date in it, or a time of the given day, on China's clock.</summary>
    private readonly struct DayTimeParser(int? days) : IFieldParser<long>
    {
        public TextStatus TryParse(ReadOnlySpan<byte> text, out long value)
        {
            if (text.Length > 2 && text[2] == ':' && days is { } day)
            {
                return new TimeOfDayParser(day, LocalClock.China).TryParse(text, out value);
            }

            var status = text.Length > 4 ? TimestampText.TryParse(text, out value) : Malformed(out value);
            return status == TextStatus.Ok ? LocalClock.China.ToUtc(value, out value) : status;
        }

        private static TextStatus Malformed(out long value)
        {
            value = 0;
            return TextStatus.Malformed;
        }
    }
}
