// Proves that a vector of any type is written as text and read back as the same values, that a refused text appends
// nothing, and that messages name the text, the type and the range.
using System.Buffers;
using System.Text;
using TickStore.Core;

namespace TickStore.Tests.Core.Text;

public sealed class VectorTextTests
{
    private readonly BlockPool pool = new(new MemoryBudget(1 << 26, "test"));
    private readonly SymbolTable symbols = new();

    public static TheoryData<string, string> Texts =>
        new()
        {
            { "BOOLEAN", "true|false" },
            { "SMALLINT", "-32768|32767|0" },
            { "INT", "-2147483648|2147483647" },
            { "BIGINT", "-9223372036854775808|9223372036854775807" },
            { "REAL", "0.1|-3.4028235E+38|NaN|Infinity|-0" },
            { "DOUBLE", "0.1|1E-05|-1.7976931348623157E+308|NaN|-Infinity|5E-324" },
            { "DECIMAL", "1854.98|-0.01|0.00|9999999999999999.99" },
            { "TIMESTAMP", "2023-02-01T09:30:00.123456789Z|1677-09-21T00:12:43.145224192Z" },
            { "DATE", "2023-02-01|-5877641-06-23" },
            { "INTERVAL", "1 year 2 months 3 days 04:05:06|00:00:00" },
            { "SYMBOL", "600519|贵州茅台||a,b" },
            { "VARCHAR", "text||贵州茅台|\"quoted\"" },
            { "DOUBLE[]", "{1,2.5,NaN}|{-1,0,1E+300}" },
            { "DECIMAL[]", "{1.00,2.50,-0.01}" },
            { "BOOLEAN[]", "{true,false,true}" },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_in_is_text_out(string typeName, string texts)
    {
        using var vector = ColumnVector.Allocate(TypeOf(typeName), 1, pool);
        var values = texts.Split('|');
        foreach (var value in values)
        {
            Assert.Equal(TextStatus.Ok, VectorTextReader.TryAppend(Encoding.UTF8.GetBytes(value), vector, symbols));
            vector.AppendNull();
        }

        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(values.Length * 2, vector.RowCount);
        for (var i = 0; i < values.Length; i++)
        {
            Assert.Equal(values[i], VectorTextWriter.ToText(vector, i * 2, symbols));
            Assert.Null(VectorTextWriter.ToText(vector, (i * 2) + 1, symbols));
            VectorTextWriter.Format(vector, (i * 2) + 1, symbols, output);
        }

        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("INT", "2147483648", TextStatus.Overflow)]
    [InlineData("SMALLINT", "40000", TextStatus.Overflow)]
    [InlineData("INT", "", TextStatus.Malformed)]
    [InlineData("DOUBLE[]", "{1,2}", TextStatus.Malformed)]
    [InlineData("DOUBLE[]", "{1,2,3,4}", TextStatus.Malformed)]
    [InlineData("DOUBLE[]", "{1,2,x}", TextStatus.Malformed)]
    [InlineData("DOUBLE[]", "1,2,3", TextStatus.Malformed)]
    [InlineData("DOUBLE[]", "{", TextStatus.Malformed)]
    [InlineData("DECIMAL", "NaN", TextStatus.Malformed)]
    public void A_refused_text_appends_nothing(string typeName, string text, TextStatus status)
    {
        using var vector = ColumnVector.Allocate(TypeOf(typeName), 1, pool);
        Assert.Equal(status, VectorTextReader.TryAppend(Encoding.UTF8.GetBytes(text), vector, symbols));
        Assert.Equal(0, vector.RowCount);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused()
    {
        foreach (var type in (DataType[])[DataType.Varchar, DataType.Symbol])
        {
            using var vector = ColumnVector.Allocate(type, 1, pool);
            Assert.Equal(TextStatus.Malformed, VectorTextReader.TryAppend([0xC3, 0x28], vector, symbols));
            Assert.Equal(0, vector.RowCount);
        }

        Assert.Equal(0, symbols.Count);
    }

    [Fact]
    public void Messages_say_what_and_what_is_allowed()
    {
        var overflow = Assert.Throws<TickStoreException>(() =>
            ValueText.Throw(TextStatus.Overflow, "2300-01-01"u8, DataType.Timestamp)
        );
        Assert.Equal(ErrorCode.NumericOverflow, overflow.Code);
        Assert.Contains("'2300-01-01' does not fit TIMESTAMP: 1677-09-21", overflow.Message, StringComparison.Ordinal);
        var malformed = Assert.Throws<TickStoreException>(() =>
            ValueText.Throw(TextStatus.Malformed, "a\nb"u8, DataType.Decimal(18, 2))
        );
        Assert.Equal(ErrorCode.InvalidText, malformed.Code);
        Assert.Contains("'a?b' is not a DECIMAL(18,2)", malformed.Message, StringComparison.Ordinal);
    }

    private static DataType TypeOf(string name) =>
        name switch
        {
            "BOOLEAN" => DataType.Boolean,
            "SMALLINT" => DataType.SmallInt,
            "INT" => DataType.Int,
            "BIGINT" => DataType.BigInt,
            "REAL" => DataType.Real,
            "DOUBLE" => DataType.Double,
            "DECIMAL" => DataType.Decimal(18, 2),
            "TIMESTAMP" => DataType.Timestamp,
            "DATE" => DataType.Date,
            "INTERVAL" => DataType.Interval,
            "SYMBOL" => DataType.Symbol,
            "VARCHAR" => DataType.Varchar,
            "DOUBLE[]" => DataType.Double.ArrayOf(3),
            "DECIMAL[]" => DataType.Decimal(18, 2).ArrayOf(3),
            "BOOLEAN[]" => DataType.Boolean.ArrayOf(3),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
}
