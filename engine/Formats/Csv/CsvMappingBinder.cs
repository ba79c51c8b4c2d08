using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Applies a mapping to one file after the other: finds the source columns, and makes the converters.
/// </summary>
internal sealed class CsvMappingBinder(CsvMapping mapping, TableSchema schema, ImportRequest request)
{
    public TextPart? Bind(InputFile input)
    {
        var delimiter = (byte)mapping.Delimiter[0];
        var names = CsvImport.PeekHeader(input, delimiter, mapping.Header);
        if (names.Length == 0)
        {
            return null;
        }

        var converters = new FieldConverter[schema.Columns.Count];
        for (var i = 0; i < converters.Length; i++)
        {
            converters[i] = ToConverter(mapping.Columns[i], schema.Columns[i], names, input);
        }

        return new TextPart
        {
            Stream = 0,
            Converters = converters,
            FieldCount = names.Length,
            Delimiter = delimiter,
            HasHeader = mapping.Header,
            Filter = ToFilter(names, input),
        };
    }

    /// <summary><c>UTC</c>, <c>+08:00</c>, <c>-0500</c> or <c>America/New_York</c>.</summary>
    public static LocalClock ToClock(string zone)
    {
        if (zone.Equals("UTC", StringComparison.OrdinalIgnoreCase) || zone == "Z")
        {
            return LocalClock.Utc;
        }

        if (zone.Equals("America/New_York", StringComparison.OrdinalIgnoreCase))
        {
            return LocalClock.NewYork;
        }

        // A zone's offset is what it takes to bring its midnight to UTC.
        var status = TimestampText.TryParse(Encoding.UTF8.GetBytes($"1970-01-01T00:00{zone}"), out var nanos);
        return status == TextStatus.Ok && zone.Length > 0 && zone[0] is '+' or '-'
            ? new LocalClock((int)(-nanos / 60_000_000_000))
            : Throw.Error<LocalClock>(
                ErrorCode.InvalidArgument,
                $"'{zone}' is not a zone of a mapping: UTC, +08:00 or America/New_York"
            );
    }

    private FieldConverter ToConverter(CsvMappingColumn source, ColumnSchema column, string[] names, InputFile input)
    {
        var where = $"mapping, column {column.Name}";
        var wayCount =
            (source.Source is null ? 0 : 1)
            + (source.Sources is null ? 0 : 1)
            + (source.Constant is null ? 0 : 1)
            + (source.FromPath is null ? 0 : 1);
        if (wayCount != 1)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{where}: give exactly one of source, sources, constant and fromPath"
            );
        }

        if (source.Constant is { } constant)
        {
            return FieldConverters.Constant(column, constant, request.Symbols, request.Pool);
        }

        if (source.FromPath is { } pattern)
        {
            return FieldConverters.Constant(column, FromPath(pattern, input, where), request.Symbols, request.Pool);
        }

        var fields = (source.Sources ?? [source.Source!]).Select(s => Find(s, names, input)).ToArray();
        if (fields.Length > 1 && fields.Length != column.Type.Depth)
        {
            Throw.Error(
                ErrorCode.InvalidArgument,
                $"{where}: {column.Type} takes {column.Type.LevelCount} sources, not {fields.Length}"
            );
        }

        return column.Type.Kind switch
        {
            TypeKind.Timestamp => ToTimestamp(source, column, fields, names, input, where),
            TypeKind.Decimal when source.Tick is { } tick => FieldConverters.Of<long, TickDecimalParser>(
                column,
                fields,
                new(column.Type, TickUnits(tick, column.Type, where))
            ),
            TypeKind.Decimal when source.DivideBy != 1 => FieldConverters.Of<long, UnitsParser>(
                column,
                fields,
                new(column.Type, ScaleOf(source.DivideBy, where))
            ),
            TypeKind.Double when source.DivideBy != 1 => FieldConverters.Of<double, DividedDoubleParser>(
                column,
                fields,
                new(source.DivideBy)
            ),
            _ => FieldConverters.Plain(column, fields, request.Symbols),
        };
    }

    private FieldConverter ToTimestamp(
        CsvMappingColumn source,
        ColumnSchema column,
        int[] fields,
        string[] names,
        InputFile input,
        string where
    )
    {
        var clock = ToClock(source.Timezone ?? mapping.Timezone);
        long unitNanos = source.Unit switch
        {
            null or "ns" => 1,
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            _ => Throw.Error<long>(ErrorCode.InvalidArgument, $"{where}: unit is ns, us, ms or s, not '{source.Unit}'"),
        };
        if (source.DateSource is { } dateSource)
        {
            return new DateTimeConverter(
                column.Name,
                Find(dateSource, names, input),
                fields[0],
                clock,
                column.Nullable
            );
        }

        if (!source.TimeOfDay)
        {
            return FieldConverters.Of<long, TimestampParser>(column, fields, new(clock, unitNanos));
        }

        var dateText =
            mapping.Date
            ?? (mapping.DateFromPath is { } pattern ? FromPath(pattern, input, "mapping, dateFromPath") : string.Empty);
        if (
            DateText.TryParse(Encoding.UTF8.GetBytes(dateText), out var days) != TextStatus.Ok
            || Math.Abs(days) > 100_000
        )
        {
            Throw.Error(ErrorCode.InvalidArgument, $"{where}: a time of day needs date, dateFromPath or dateSource");
        }

        return source.Unit is null
            ? FieldConverters.Of<long, TimeOfDayParser>(column, fields, new(days, clock))
            : FieldConverters.Of<long, SinceMidnightParser>(column, fields, new(days, unitNanos, clock));
    }

    private Action<TextBlock>? ToFilter(string[] names, InputFile input)
    {
        if (mapping.Skip.Count == 0)
        {
            return null;
        }

        var filters = mapping.Skip.ConvertAll(f =>
            (
                Field: Find(f.Source, names, input),
                Text: f.EqualTo is null ? null : Encoding.UTF8.GetBytes(f.EqualTo),
                f.Empty
            )
        );
        return block =>
        {
            foreach (var (field, wanted, empty) in filters)
            {
                for (var row = 0; row < block.RowCount; row++)
                {
                    var hasText = block.TryGet(row, field, out var text);
                    if ((!hasText && empty) || (hasText && wanted is not null && text.SequenceEqual(wanted)))
                    {
                        block.Skip(row);
                    }
                }
            }
        };
    }

    private static int Find(string source, string[] names, InputFile input)
    {
        var index = Array.FindIndex(names, n => string.Equals(n, source, StringComparison.OrdinalIgnoreCase));
        if (index < 0 && int.TryParse(source, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            index = number - 1;
        }

        return (uint)index < (uint)names.Length
            ? index
            : Throw.Error<int>(
                ErrorCode.SchemaMismatch,
                $"{input.Location} has no column '{source}', which the mapping names; it has {string.Join(", ", names)}"
            );
    }

    private static string FromPath(string pattern, InputFile input, string where)
    {
        var path = input.IsZip ? $"{input.Path}/{input.PartName}" : input.Path;
        try
        {
            var match = Regex.Match(path, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return match.Success && match.Groups.Count > 1
                ? match.Groups[1].Value
                : Throw.Error<string>(
                    ErrorCode.InvalidArgument,
                    $"{where}: '{pattern}' finds nothing in {path} (its first group is taken)"
                );
        }
        catch (ArgumentException error)
        {
            throw new TickStoreException(ErrorCode.InvalidArgument, $"{where}: {error.Message}", error);
        }
    }

    private static int ScaleOf(long divisor, string where)
    {
        for (var scale = 0; scale <= 18; scale++)
        {
            if (DecimalText.PowerOfTen(scale) == divisor)
            {
                return scale;
            }
        }

        return Throw.Error<int>(ErrorCode.InvalidArgument, $"{where}: divideBy must be a power of ten, not {divisor}");
    }

    private static long TickUnits(string tick, DataType type, string where) =>
        DecimalText.TryParse(Encoding.UTF8.GetBytes(tick), type.Precision, type.Scale, out var units) == TextStatus.Ok
        && units > 0
            ? units
            : Throw.Error<long>(ErrorCode.InvalidArgument, $"{where}: a tick of '{tick}' is not possible for {type}");
}

/// <summary>Numbers divided by a constant.</summary>
internal readonly struct DividedDoubleParser(long divisor) : IFieldParser<double>
{
    public TextStatus TryParse(ReadOnlySpan<byte> text, out double value)
    {
        var status = NumberText.TryParseDouble(text, out value);
        value /= divisor;
        return status;
    }
}
