// Proves that schemas and types refuse what makes no sense, naming it, and that every type survives its disk form.
using TickStore.Core;

namespace TickStore.Tests.Core.Tables;

public sealed class TableSchemaTests
{
    [Fact]
    public void System_columns_stand_behind_the_declared_ones()
    {
        var schema = new TableSchema("t", [new("ts", DataType.Timestamp, false), new("px", DataType.Double)])
        {
            EventTimeColumn = 0,
        };
        schema.Validate();
        Assert.Equal(["ts", "px", "_seq", "_ingest_ts", "_late"], schema.AllColumns.Select(c => c.Name));
        Assert.Equal((2, 3, 4, 0), (schema.SequenceIndex, schema.IngestTimeIndex, schema.LateIndex, schema.TimeIndex));
        Assert.Equal((1, -1), (schema.IndexOf("PX"), schema.IndexOf("none")));
    }

    [Fact]
    public void Names_and_roles_are_checked()
    {
        Assert.Contains(
            "two columns named A",
            Refusal(() => new TableSchema("t", [new("a", DataType.Int), new("A", DataType.Int)])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "two columns named _seq",
            Refusal(() => new TableSchema("t", [new("_seq", DataType.Int)])),
            StringComparison.Ordinal
        );
        Assert.Contains("0 columns", Refusal(() => new TableSchema("t", [])), StringComparison.Ordinal);
        Assert.Contains(
            "EVENT TIME needs a column of type TIMESTAMP NOT NULL; a is INT",
            Refusal(() => new TableSchema("t", [new("a", DataType.Int)]) { EventTimeColumn = 0 }.Validate()),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "CLUSTER BY",
            Refusal(() => new TableSchema("t", [new("a", DataType.Symbol)]) { ClusterColumn = 0 }.Validate()),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(19, 0)]
    [InlineData(5, 6)]
    [InlineData(5, -1)]
    public void Decimals_without_sense_are_refused(int precision, int scale) =>
        Assert.Contains("is not a type", Refusal(() => DataType.Decimal(precision, scale)), StringComparison.Ordinal);

    [Fact]
    public void Types_from_disk_are_checked()
    {
        Assert.True(DataType.TryCreate((byte)TypeKind.Decimal, 18, 2, 10, out var type));
        Assert.Equal("DECIMAL(18,2)[10]", type.ToString());
        Assert.False(DataType.TryCreate(0, 0, 0, 0, out _));
        Assert.False(DataType.TryCreate(13, 0, 0, 0, out _));
        Assert.False(DataType.TryCreate((byte)TypeKind.Decimal, 19, 2, 0, out _));
        Assert.False(DataType.TryCreate((byte)TypeKind.Int, 1, 0, 0, out _));
        Assert.False(DataType.TryCreate((byte)TypeKind.Varchar, 0, 0, 2, out _));
        Assert.False(DataType.TryCreate((byte)TypeKind.Int, 0, 0, 1001, out _));
        Assert.Throws<TickStoreException>(() => DataType.Varchar.ArrayOf(2));
    }

    [Fact]
    public void Intervals_compare_with_months_of_thirty_days()
    {
        Assert.True(new Interval(1, 0, 0) > new Interval(0, 29, 0));
        Assert.True(new Interval(0, 1, 0).CompareTo(Interval.OfNanos(Interval.NanosPerDay)) == 0);
        Assert.False(new Interval(1, 0, 0).TryGetNanos(out _));
        Assert.False(new Interval(0, int.MaxValue, 0).TryGetNanos(out _));
        Assert.True(new Interval(0, 1, -1).TryGetNanos(out var nanos) && nanos == Interval.NanosPerDay - 1);
    }

    private static string Refusal(Action action) => Assert.Throws<TickStoreException>(action).Message;

    private static string Refusal(Func<object> action) =>
        Assert
            .Throws<TickStoreException>(() =>
            {
                action();
            })
            .Message;
}
