using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Engine.Catalog;

/// <summary>Views as the catalog shows them.</summary>
internal static class ViewTables
{
    /// <summary><c>ts_catalog.views</c>: how each view is doing.</summary>
    public static ValuesNode Views(TickDatabase database) =>
        CatalogTables.Rows(
            "ts_catalog.views",
            [
                new("name", DataType.Varchar),
                new("kind", DataType.Varchar),
                new("status", DataType.Varchar),
                new("reason", DataType.Varchar),
                new("seq_lag", DataType.BigInt),
                new("event_lag_us", DataType.BigInt),
                new("rows", DataType.BigInt),
                new("late", DataType.BigInt),
                new("corrected", DataType.BigInt),
                new("state_bytes", DataType.BigInt),
                new("definition", DataType.Varchar),
                new("backfilled_from", DataType.Timestamp),
            ],
            database.Views.Select(
                IReadOnlyList<ConstantValue> (v) =>
                    [
                        ConstantValue.Of(v.Name),
                        ConstantValue.Of(KindOf(v.Kind)),
                        ConstantValue.Of(v.Status),
                        Text(v.Reason),
                        CatalogTables.Count(v.SequenceLag),
                        CatalogTables.Count(v.EventLagMicros),
                        CatalogTables.Count(v.RowCount),
                        CatalogTables.Count(v.LateCount),
                        CatalogTables.Count(v.CorrectedCount),
                        CatalogTables.Count(v.StateBytes),
                        Text(database.FindView(v.Name)?.Statement),
                        v.BackfilledFrom is { } time
                            ? ConstantValue.Of(DataType.Timestamp, time.NanosSinceEpoch)
                            : ConstantValue.Null(DataType.Timestamp),
                    ]
            )
        );

    /// <summary><c>ts_catalog.latency</c>: a row for each view and stage between a commit and those who listen.</summary>
    public static ValuesNode Latency(TickDatabase database) =>
        CatalogTables.Rows(
            "ts_catalog.latency",
            [
                new("view_name", DataType.Varchar),
                new("stage", DataType.Varchar),
                new("count", DataType.BigInt),
                new("p50_us", DataType.Double),
                new("p99_us", DataType.Double),
                new("p999_us", DataType.Double),
                new("max_us", DataType.Double),
            ],
            from view in database.Views
            from stage in view.Latencies.Stages
            select (IReadOnlyList<ConstantValue>)
                [
                    ConstantValue.Of(view.Name),
                    ConstantValue.Of(stage),
                    CatalogTables.Count(view.Latencies.CountOf(stage)),
                    Micros(view, stage, 0.5),
                    Micros(view, stage, 0.99),
                    Micros(view, stage, 0.999),
                    Micros(view, stage, 1),
                ]
        );

    /// <summary>The rows that <c>ts_catalog.tables</c> has for views, in its columns: what belongs to tables on disk is NULL.</summary>
    public static IEnumerable<IReadOnlyList<ConstantValue>> AsTables(TickDatabase database)
    {
        var none = ConstantValue.Null(DataType.BigInt);
        var never = ConstantValue.Null(DataType.Timestamp);
        return database.Views.Select(
            IReadOnlyList<ConstantValue> (v) =>
                [
                    ConstantValue.Of(v.Name),
                    ConstantValue.Of(KindOf(v.Kind)),
                    CatalogTables.Count(v.RowCount),
                    CatalogTables.Count(v.StateBytes),
                    none,
                    never,
                    never,
                    CatalogTables.Count(database.CommittedSequence - v.SequenceLag),
                    CatalogTables.Count(v.LateCount),
                    none,
                    none,
                    none,
                    none,
                    none,
                ]
        );
    }

    private static string KindOf(ViewKind kind) =>
        kind switch
        {
            ViewKind.View => "view",
            ViewKind.Index => "index view",
            ViewKind.Alert => "alert",
        };

    private static ConstantValue Text(string? value) =>
        value is null ? ConstantValue.Null(DataType.Varchar) : ConstantValue.Of(value);

    // A stage without a commit has no percentile.
    private static ConstantValue Micros(ViewStatus view, string stage, double share) =>
        view.Latencies.CountOf(stage) == 0
            ? ConstantValue.Null(DataType.Double)
            : ConstantValue.Of(DataType.Double, view.Latencies.PercentileMicros(stage, share));
}
