using System.Text;
using TickStore.Core;

namespace TickStore.Formats;

/// <summary>
/// Chooses columns and types for a CSV file without mapping, from the values of its first 10,000 rows. Per column, the
/// first rule that holds for every value that is not empty:
/// <list type="number">
/// <item>no values at all: VARCHAR;</item>
/// <item><c>true</c> or <c>false</c>: BOOLEAN;</item>
/// <item>integers of 64 bits without leading zeros: BIGINT;</item>
/// <item>numbers without leading zeros: DOUBLE (a DECIMAL would round rows that come later; a mapping can ask for
/// it);</item>
/// <item>a date alone: DATE; dates with or without a time: TIMESTAMP;</item>
/// <item>texts of at most 64 bytes with at most 1,000 different ones: SYMBOL;</item>
/// <item>else VARCHAR.</item>
/// </list>
/// The first TIMESTAMP column without empty values becomes EVENT TIME, and the first such SYMBOL column CLUSTER BY;
/// both are then NOT NULL, and every other column is nullable.
/// </summary>
internal static class CsvInference
{
    public const int SampleRows = 10_000;

    private const int DistinctMax = 1_000;
    private const int SymbolBytesMax = 64;

    public static TableSchema Infer(ImportRequest request)
    {
        using var input = new InputFile(request.Files[0]);
        while (input.NextPart())
        {
            var names = CsvImport.PeekHeader(input, hasHeader: request.CsvHasHeader);
            if (names.Length > 0)
            {
                return ToSchema(request.TableName, names, Sample(input, names.Length, request.CsvHasHeader));
            }
        }

        throw FileStreams.Malformed(request.Files[0], "the file holds no header and no rows");
    }

    private static ColumnSample[] Sample(InputFile input, int fieldCount, bool hasHeader)
    {
        var reader = new TextBlockReader(input.Part, input.Location);
        if (hasHeader)
        {
            reader.ReadHeader();
        }

        var samples = new ColumnSample[fieldCount];
        for (var i = 0; i < fieldCount; i++)
        {
            samples[i] = new ColumnSample();
        }

        var block = new TextBlock();
        block.SetFieldCount(fieldCount);
        for (var rowCount = 0; rowCount < SampleRows && reader.Read(block); )
        {
            for (var row = 0; row < block.RowCount && rowCount < SampleRows; row++, rowCount++)
            {
                for (var field = 0; field < fieldCount; field++)
                {
                    samples[field].Add(block.TryGet(row, field, out var text), text);
                }
            }
        }

        return samples;
    }

    private static TableSchema ToSchema(string tableName, string[] names, ColumnSample[] samples)
    {
        var columns = new ColumnSchema[names.Length];
        var eventTime = -1;
        var cluster = -1;
        for (var i = 0; i < names.Length; i++)
        {
            var type = samples[i].ToType();
            var name = names[i].Length == 0 ? $"column_{i + 1}" : names[i];
            var isEventTime = eventTime < 0 && type == DataType.Timestamp && !samples[i].HasNulls;
            var isCluster = cluster < 0 && type == DataType.Symbol && !samples[i].HasNulls;
            eventTime = isEventTime ? i : eventTime;
            cluster = isCluster ? i : cluster;
            columns[i] = new ColumnSchema(name, type, Nullable: !isEventTime && !isCluster);
        }

        return new TableSchema(tableName, columns) { EventTimeColumn = eventTime, ClusterColumn = cluster };
    }

    private sealed class ColumnSample
    {
        private readonly HashSet<string> distinct = [];
        private long valueCount;
        private bool isBoolean = true;
        private bool isInteger = true;
        private bool isNumber = true;
        private bool isDate = true;
        private bool isTimestamp = true;
        private bool isShort = true;

        public bool HasNulls { get; private set; }

        public void Add(bool hasValue, ReadOnlySpan<byte> text)
        {
            if (!hasValue)
            {
                HasNulls = true;
                return;
            }

            valueCount++;
            var digits = text.Length > 0 && text[0] == '-' ? text[1..] : text;
            var hasLeadingZero = digits.Length > 1 && digits[0] == '0' && digits[1] != '.';
            isBoolean = isBoolean && text.Length > 3 && NumberText.TryParseBoolean(text, out _) == TextStatus.Ok;
            isInteger =
                isInteger
                && !hasLeadingZero
                && NumberText.TryParseInteger(text, long.MinValue, long.MaxValue, out _) == TextStatus.Ok;
            isNumber = isNumber && !hasLeadingZero && NumberText.TryParseDouble(text, out _) == TextStatus.Ok;
            isDate = isDate && text.Length >= 10 && DateText.TryParse(text, out _) == TextStatus.Ok;
            isTimestamp =
                isTimestamp
                && text.Length >= 10
                && DateText.TryParse(text[..10], out _) == TextStatus.Ok
                && TimestampText.TryParse(text, out _) == TextStatus.Ok;
            isShort = isShort && text.Length <= SymbolBytesMax;
            if (isShort && distinct.Count <= DistinctMax)
            {
                distinct.Add(Encoding.UTF8.GetString(text));
            }
        }

        public DataType ToType() =>
            valueCount == 0 ? DataType.Varchar
            : isBoolean ? DataType.Boolean
            : isInteger ? DataType.BigInt
            : isNumber ? DataType.Double
            : isDate ? DataType.Date
            : isTimestamp ? DataType.Timestamp
            : isShort && distinct.Count <= DistinctMax ? DataType.Symbol
            : DataType.Varchar;
    }
}
