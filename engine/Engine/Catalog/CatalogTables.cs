using TickStore.Core;
using TickStore.Execution;
using TickStore.Storage;

namespace TickStore.Engine.Catalog;

/// <summary>
/// The tables of the schema <c>ts_catalog</c>: what the database knows of itself, as rows. Adding one is one line in
/// <see cref="Makers"/>.
/// </summary>
internal sealed class CatalogTables(TickDatabase database)
{
    /// <summary>Tables of this prefix hold what the engine itself records; they are listed in the catalog only.</summary>
    public const string Schema = "ts_catalog.";

    private static readonly Dictionary<string, Func<TickDatabase, PlanNode>> Makers = new(
        StringComparer.OrdinalIgnoreCase
    )
    {
        ["tables"] = Tables,
        ["segments"] = Segments,
        ["columns"] = Columns,
        ["views"] = ViewTables.Views,
        ["latency"] = ViewTables.Latency,
        ["functions"] = Functions,
        ["subscriptions"] = Readers,
    };

    /// <summary>Names without the schema.</summary>
    public static IReadOnlyList<string> Names => [.. Makers.Keys, RejectedRows.CatalogName];

    /// <summary>The rows of one of them as they are now, or null where there is none of that name.</summary>
    public PlanNode? Find(string name, DatabaseSnapshot snapshot) =>
        string.Equals(name, RejectedRows.CatalogName, StringComparison.OrdinalIgnoreCase) ? RejectedRows.Read(snapshot)
        : Makers.TryGetValue(name, out var make) ? make(database)
        : null;

    private static ValuesNode Functions(TickDatabase database) =>
        Rows(
            "ts_catalog.functions",
            [new("name", DataType.Varchar), new("definition", DataType.Varchar)],
            database.Functions.Select(
                IReadOnlyList<ConstantValue> (f) => [ConstantValue.Of(f.Name), ConstantValue.Of(f.Statement)]
            )
        );

    private static ValuesNode Readers(TickDatabase database) =>
        Rows(
            "ts_catalog.subscriptions",
            [
                new("name", DataType.Varchar),
                new("source", DataType.Varchar),
                new("position", DataType.BigInt),
                new("epoch", DataType.BigInt),
                new("seq_lag", DataType.BigInt),
                new("is_live", DataType.Boolean),
            ],
            database.DurableReaders.Select(
                IReadOnlyList<ConstantValue> (r) =>
                    [
                        ConstantValue.Of(r.Name),
                        ConstantValue.Of(r.Source),
                        Count(r.Position),
                        Count(r.Epoch),
                        Count(r.SequenceLag),
                        ConstantValue.Of(r.IsLive),
                    ]
            )
        );

    private static ValuesNode Tables(TickDatabase database) =>
        Rows(
            "ts_catalog.tables",
            [
                new("name", DataType.Varchar),
                new("kind", DataType.Varchar),
                new("rows", DataType.BigInt),
                new("bytes", DataType.BigInt),
                new("segments", DataType.BigInt),
                new("min_ts", DataType.Timestamp),
                new("max_ts", DataType.Timestamp),
                new("last_seq", DataType.BigInt),
                new("late_rows", DataType.BigInt),
                new("rejected_rows", DataType.BigInt),
                new("duplicate_rows", DataType.BigInt),
                new("head_rows", DataType.BigInt),
                new("head_bytes", DataType.BigInt),
                new("quarantined_rows", DataType.BigInt),
            ],
            database
                .Statistics()
                .Select(
                    IReadOnlyList<ConstantValue> (t) =>
                        [
                            ConstantValue.Of(t.Table.Name),
                            ConstantValue.Of("append"),
                            Count(t.RowCount),
                            Count(t.SegmentBytes),
                            Count(t.Segments.Count),
                            Time(t.MinTimeNanos),
                            Time(t.MaxTimeNanos),
                            Count(t.LastSequence),
                            Count(t.LateRows),
                            Count(t.RejectedRows),
                            Count(t.DuplicateRows),
                            Count(t.HeadRowCount),
                            Count(t.HeadBytes),
                            Count(t.QuarantinedRows),
                        ]
                )
                .Concat(ViewTables.AsTables(database))
        );

    private static ValuesNode Segments(TickDatabase database) =>
        Rows(
            "ts_catalog.segments",
            [
                new("table_name", DataType.Varchar),
                new("partition", DataType.Timestamp),
                new("path", DataType.Varchar),
                new("rows", DataType.BigInt),
                new("bytes", DataType.BigInt),
                new("min_seq", DataType.BigInt),
                new("max_seq", DataType.BigInt),
            ],
            from table in database.Statistics()
            from segment in table.Segments
            select (IReadOnlyList<ConstantValue>)
                [
                    ConstantValue.Of(table.Table.Name),
                    Time(segment.PartitionStartNanos == long.MinValue ? null : segment.PartitionStartNanos),
                    ConstantValue.Of(segment.Info.Path),
                    Count(segment.Info.RowCount),
                    Count(segment.Info.FileBytes),
                    Count(segment.Info.MinSequence),
                    Count(segment.Info.MaxSequence),
                ]
        );

    private static ValuesNode Columns(TickDatabase database) =>
        Rows(
            "ts_catalog.columns",
            [
                new("table_name", DataType.Varchar),
                new("name", DataType.Varchar),
                new("type", DataType.Varchar),
                new("bytes", DataType.BigInt),
                new("bits_per_value", DataType.Double),
                new("codecs", DataType.Varchar),
            ],
            from table in database.Statistics()
            from column in table.Columns
            select (IReadOnlyList<ConstantValue>)
                [
                    ConstantValue.Of(table.Table.Name),
                    ConstantValue.Of(column.Column.Name),
                    ConstantValue.Of(column.Column.Type.ToString()),
                    Count(column.Bytes),
                    ConstantValue.Of(DataType.Double, column.BitsPerValue),
                    ConstantValue.Of(string.Join(", ", column.Codecs.Select(c => $"{c.Codec} {c.VectorCount}"))),
                ]
        );

    internal static ValuesNode Rows(
        string name,
        ColumnSchema[] columns,
        IEnumerable<IReadOnlyList<ConstantValue>> rows
    ) => new(new BatchSchema(columns), [.. rows], name);

    internal static ConstantValue Count(long value) => ConstantValue.Of(DataType.BigInt, value);

    private static ConstantValue Time(long? nanos) =>
        nanos is { } known ? ConstantValue.Of(DataType.Timestamp, known) : ConstantValue.Null(DataType.Timestamp);
}
