using System.Text.RegularExpressions;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Data of the LEAN engine (<c>lean</c>): zips of CSV without header, where day, symbol, kind and resolution stand in
/// the path (<see cref="LeanPath"/>), the contract of futures and options in the entry's name. Streams are named by
/// resolution and kind: <c>trades</c>, <c>quotes</c>, <c>second_bars</c>, <c>minute_quote_bars</c>,
/// <c>tick_open_interest</c> ... Rows stay in file order, and as they are: US quotes carry one side each (the other is
/// 0, meaning unchanged), gold has trades of size zero and repeats each contract's last line. A bar's time is its
/// start.
/// </summary>
internal sealed partial class LeanImport : IImportFormat
{
    public string Name => "lean";

    public bool Recognizes(string path, ReadOnlySpan<byte> head) => LeanPath.TryParse(path) is not null;

    public IImportReader Open(ImportRequest request)
    {
        var streams = new StreamList(request.TableName);
        var layouts = new Dictionary<string, (int Stream, LeanLayout Layout)>(StringComparer.Ordinal);
        foreach (var file in request.Files)
        {
            var path = LeanPath.Parse(file);
            var layout = LeanLayout.Of(path);
            var schema = SchemaExtensions.Declare(
                request.TableName,
                layout.Columns,
                partition: path.IsIntraday ? PartitionUnit.Day : PartitionUnit.Year
            );
            layouts[file] = (streams.Add(layout.Suffix, schema, file), layout);
        }

        return new TextImportReader(
            request,
            streams.ToStreams(),
            input =>
            {
                var (stream, layout) = layouts[input.Path];
                return Bind(input, stream, layout, request);
            }
        );
    }

    private static TextPart Bind(InputFile input, int stream, LeanLayout layout, ImportRequest request)
    {
        var path = layout.Path;
        var contract = Contract(input, path);
        var converters = new FieldConverter[layout.Columns.Count];
        for (var i = 0; i < converters.Length; i++)
        {
            var column = layout.Columns[i];
            var field = layout.Fields[i];
            converters[i] = column.Name switch
            {
                "ts" when path.IsIntraday => FieldConverters.Of<long, SinceMidnightParser>(
                    column,
                    [0],
                    new(path.Days, 1_000_000, path.Clock)
                ),
                "ts" => FieldConverters.Of<long, DayAndTimeParser>(column, [0], new(path.Clock)),
                _ when field < 0 => FieldConverters.Constant(
                    column,
                    contract[column.Name],
                    request.Symbols,
                    request.Pool
                ),
                _ when path.HasScaledPrices && column.Type.Kind == TypeKind.Decimal => FieldConverters.Of<
                    long,
                    UnitsParser
                >(column, [field], new(column.Type, 4)),
                _ => FieldConverters.Plain(column, [field], request.Symbols),
            };
        }

        return new TextPart
        {
            Stream = stream,
            Converters = converters,
            FieldCount = layout.FieldCount,
        };
    }

    // The columns that have one value for the whole entry.
    private static Dictionary<string, string> Contract(InputFile input, LeanPath path)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["symbol"] = path.Symbol };
        if (path.Security is not ("future" or "option"))
        {
            return values;
        }

        var pattern = path.Security == "future" ? FutureEntry() : OptionEntry();
        var match = pattern.Match(input.PartName.ToLowerInvariant());
        if (!match.Success)
        {
            throw FileStreams.Malformed(input.Location, "the entry's name does not say which contract it holds");
        }

        values["underlying"] = path.Symbol;
        if (path.Security == "future")
        {
            values["contract_month"] = match.Groups["month"].Value;
            values["symbol"] = path.Symbol + match.Groups["month"].Value;
            return values;
        }

        var strikeUnits = match.Groups["strike"].Value;
        Span<byte> strike = stackalloc byte[DecimalText.LengthMax];
        if (
            NumberText.TryParseInteger(
                System.Text.Encoding.UTF8.GetBytes(strikeUnits),
                0,
                99_999_999_999_999,
                out var units
            ) != TextStatus.Ok
        )
        {
            throw FileStreams.Malformed(input.Location, $"'{strikeUnits}' is not a strike");
        }

        var strikeText = System.Text.Encoding.UTF8.GetString(strike[..DecimalText.Format(units, 4, strike)]);
        values["right"] = match.Groups["right"].Value;
        values["strike"] = strikeText;
        values["expiry"] = LeanPath.ToIsoDate(match.Groups["expiry"].Value);
        values["symbol"] =
            $"{path.Symbol} {match.Groups["expiry"].Value} {char.ToUpperInvariant(values["right"][0])} "
            + strikeText.TrimEnd('0').TrimEnd('.');
        return values;
    }

    [GeneratedRegex(@"_(?<month>\d{6})(_\d{8})?\.csv$")]
    private static partial Regex FutureEntry();

    [GeneratedRegex(@"_(?<right>call|put)_(?<strike>\d{1,14})_(?<expiry>\d{8})\.csv$")]
    private static partial Regex OptionEntry();

    /// <summary><c>19980102 00:00</c> on a local clock.</summary>
    private readonly struct DayAndTimeParser(LocalClock clock) : IFieldParser<long>
    {
        public TextStatus TryParse(ReadOnlySpan<byte> text, out long value)
        {
            value = 0;
            if (
                text.Length != 14
                || text[8] != ' '
                || DateText.TryParse(text[..8], out var days) != TextStatus.Ok
                || !TimeOfDay.TryParse(text[9..], out var nanosOfDay)
            )
            {
                return TextStatus.Malformed;
            }

            var local = ((Int128)days * Interval.NanosPerDay) + nanosOfDay;
            return local == (long)local ? clock.ToUtc((long)local, out value) : TextStatus.Overflow;
        }
    }
}
