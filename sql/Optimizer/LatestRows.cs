using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Finds questions for the latest row of each symbol, which a scan answers from the ends of the symbols' runs: groups by the
/// cluster column with nothing but <c>last</c> and the greatest time, and DISTINCT ON the cluster column by descending time.
/// </summary>
internal static class LatestRows
{
    public static PlanNode Run(PlanNode node)
    {
        if (node.Inputs.Count == 0)
            return node;
        node = node.WithInputs([.. node.Inputs.Select(Run)]);
        return node switch
        {
            AggregateNode { Inputs: [ScanNode scan] } aggregate when IsCandidate(scan) => Groups(aggregate, scan)
                ?? node,
            FilterNode { Inputs: [WindowNode { Inputs: [ScanNode scan] } window] } filter when IsCandidate(scan) =>
                DistinctOn(filter, window, scan) ?? node,
            _ => node,
        };
    }

    private static bool IsCandidate(ScanNode scan)
    {
        var table = scan.Source.Schema;
        return scan.Request is { Order: ScanOrder.None, Latest: LatestRow.All }
            && table.ClusterColumn >= 0
            && !table.AllColumns[table.ClusterColumn].Nullable;
    }

    // NULL would make last look further back, so columns that may be NULL stay with the aggregate.
    private static ProjectNode? Groups(AggregateNode aggregate, ScanNode scan)
    {
        var table = scan.Source.Schema;
        if (aggregate.Keys is not [var key] || !Is(key, scan, table.ClusterColumn) || aggregate.Aggregates.Count == 0)
            return null;
        var columns = new List<BoundExpression> { key };
        foreach (var call in aggregate.Aggregates)
        {
            var isLast =
                call is { Distinct: false, Filter: null, Arguments: [ColumnExpression value, var time, var sequence] }
                && call.Function.Function.Name == "last"
                && !IsNullable(value, scan)
                && Is(time, scan, table.TimeIndex)
                && Is(sequence, scan, table.SequenceIndex);
            var isGreatestTime =
                call is { Distinct: false, Filter: null, Arguments: [var argument] }
                && call.Function.Function.Name == "max"
                && Is(argument, scan, table.TimeIndex);
            if (!isLast && !isGreatestTime)
                return null;
            columns.Add(call.Arguments[0]);
        }

        return new ProjectNode(Latest(scan, LatestRow.LastSequence), columns, aggregate.Names);
    }

    // Rows of equal time keep their order in a window's sort, so that the one that was first in counts.
    private static ProjectNode? DistinctOn(FilterNode filter, WindowNode window, ScanNode scan)
    {
        var table = scan.Source.Schema;
        var isFirst =
            window is { PartitionBy: [var partition], Calls: [{ Function: "row_number" }] }
            && Is(partition, scan, table.ClusterColumn)
            && filter.Predicate
                is CallExpression
                {
                    Function.Function.Name: "=",
                    Arguments: [ColumnExpression number, ConstantExpression { Value: { IsNull: false, Integer: 1 } }]
                }
            && number.Index == scan.Schema.ColumnCount;
        var latest = window.OrderBy switch
        {
            [{ Descending: true } time] when Is(time.Expression, scan, table.TimeIndex) => LatestRow.FirstSequence,
            [{ Descending: true } time, { Descending: true } sequence]
                when Is(time.Expression, scan, table.TimeIndex) && Is(sequence.Expression, scan, table.SequenceIndex) =>
                LatestRow.LastSequence,
            _ => LatestRow.All,
        };
        if (!isFirst || latest == LatestRow.All)
            return null;
        var columns = new List<BoundExpression>();
        for (var i = 0; i < scan.Schema.ColumnCount; i++)
            columns.Add(new ColumnExpression(i, scan.Schema[i].Name, scan.Schema[i].Type, scan.Schema[i].Nullable));
        columns.Add(new ConstantExpression(ConstantValue.Of(DataType.BigInt, 1L)));
        return new ProjectNode(Latest(scan, latest), columns, [.. window.Schema.Columns.Select(c => c.Name)]);
    }

    private static bool Is(BoundExpression expression, ScanNode scan, int column) =>
        expression is ColumnExpression read && scan.Request.Columns[read.Index] == column;

    private static bool IsNullable(ColumnExpression column, ScanNode scan) =>
        scan.Source.Schema.AllColumns[scan.Request.Columns[column.Index]].Nullable;

    private static ScanNode Latest(ScanNode scan, LatestRow latest) =>
        scan.WithRequest(
            new ScanRequest
            {
                Columns = scan.Request.Columns,
                Symbols = scan.Request.Symbols,
                TimeFrom = scan.Request.TimeFrom,
                TimeTo = scan.Request.TimeTo,
                Predicates = scan.Request.Predicates,
                Order = ScanOrder.Clustered,
                Latest = latest,
            }
        );
}
