using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Operators;

/// <summary>Random tables with a column of every type, with NULLs, ties and awkward values.</summary>
internal static class TestTables
{
    public const int Time = 0;
    public const int Sym = 1;
    public const int Quantity = 2;
    public const int Price = 3;
    public const int Note = 4;
    public const int Day = 5;
    public const int Flag = 6;
    public const int Small = 7;
    public const int Real = 8;
    public const int Span = 9;
    public const int Amount = 10;
    public const int Int = 11;
    public const int Sequence = 12;

    private static readonly double[] Doubles =
    [
        0.0,
        -0.0,
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        1.5,
        -2.25,
        1e300,
    ];
    private static readonly string[] Notes =
    [
        "",
        "a",
        "ab",
        "ab\0",
        "abcdefgh",
        "abcdefghi",
        "abcdefgha",
        "\u00e9\u00e8",
        "\ud83d\ude00",
        "zz",
    ];

    public static TableSchema Schema { get; } =
        new(
            "ticks",
            [
                new("ts", DataType.Timestamp, false),
                new("sym", DataType.Symbol, false),
                new("qty", DataType.BigInt),
                new("px", DataType.Double),
                new("note", DataType.Varchar),
                new("day", DataType.Date),
                new("flag", DataType.Boolean),
                new("small", DataType.SmallInt),
                new("real", DataType.Real),
                new("span", DataType.Interval),
                new("amount", DataType.Decimal(18, 2)),
                new("i", DataType.Int, false),
            ]
        )
        {
            EventTimeColumn = Time,
            ClusterColumn = Sym,
        };

    public static FakeTableSource Make(int seed, int rowCount, int symbolCount = 7, ISymbolTable? symbols = null)
    {
        var random = new Random(seed);
        object? OrNull(object value) => random.Next(10) == 0 ? null : value;
        long Wide() =>
            random.Next(20) switch
            {
                0 => long.MinValue,
                1 => long.MaxValue,
                _ => random.Next(-5, 30),
            };
        var rows = Enumerable
            .Range(0, rowCount)
            .Select(i =>
                (object?[])
                    [
                        (long)random.Next(0, Math.Max(1, rowCount / 3)),
                        $"S{random.Next(symbolCount) * 37 % 100:00}",
                        OrNull(Wide()),
                        OrNull(Doubles[random.Next(Doubles.Length)]),
                        OrNull(Notes[random.Next(Notes.Length)]),
                        OrNull(random.Next(-3, 3)),
                        OrNull(random.Next(2) == 0),
                        OrNull((short)random.Next(-3, 3)),
                        OrNull((float)Doubles[random.Next(7)]),
                        OrNull(new Interval(random.Next(2), random.Next(2) * 30, random.Next(2))),
                        OrNull((long)random.Next(-9, 9)),
                        random.Next(-50, 50),
                    ]
            )
            .ToList();
        var table = symbols ?? new SymbolTable();
        table.Intern("unused"u8);
        foreach (var row in rows)
        {
            table.Intern(System.Text.Encoding.UTF8.GetBytes((string)row[Sym]!));
        }

        return new FakeTableSource(Schema, rows, table);
    }

    public static ScanNode Scan(FakeTableSource source, ScanOrder order = ScanOrder.None, params int[] columns) =>
        new(
            source,
            new ScanRequest
            {
                Columns = columns.Length > 0 ? columns : [.. Enumerable.Range(0, source.Schema.AllColumns.Count)],
                Order = order,
            }
        );

    /// <summary>The rows of a scan in order.</summary>
    public static List<object?[]> RowsOf(ScanNode scan) =>
        [.. ((FakeTableSource)scan.Source).MorselsOf(scan.Request).SelectMany(m => m)];

    public static ColumnExpression Column(PlanNode node, int index) =>
        new(index, node.Schema[index].Name, node.Schema[index].Type, node.Schema[index].Nullable);

    public static SortKey Key(PlanNode node, int index, bool descending = false, bool? nullsFirst = null) =>
        new(Column(node, index), descending, nullsFirst ?? descending);
}
