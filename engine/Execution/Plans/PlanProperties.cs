using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// What is known about the order of a plan's rows without running it. Operators look it up to leave out a hash table
/// or a sort; it follows from the plan alone, so nobody has to keep a flag true.
/// </summary>
public sealed class PlanProperties
{
    private static readonly PlanProperties Unordered = new();

    /// <summary>Nothing is known; <see cref="Of"/> gives this very object then.</summary>
    public static PlanProperties None => Unordered;

    private PlanProperties() { }

    /// <summary>
    /// The output column by which rows are clustered, or -1: within a morsel, rows of one value follow each other, and
    /// no value is in two morsels.
    /// </summary>
    public int ClusterColumn { get; private init; } = -1;

    /// <summary>
    /// The output column that ascends within each value of <see cref="ClusterColumn"/> (or, without one, over all rows,
    /// which are one morsel), or -1.
    /// </summary>
    public int TimeColumn { get; private init; } = -1;

    /// <summary>True where rows are ordered by time alone (and by sequence), in one morsel.</summary>
    public bool IsTimeOrdered { get; private init; }

    /// <summary>
    /// The output column that breaks ties of <see cref="TimeColumn"/>, ascending (<c>_seq</c>), or -1.
    /// </summary>
    public int SequenceColumn { get; private init; } = -1;

    // Output columns that are functions of the time column which never fall where it rises, such as a time bucket.
    private IReadOnlyList<int> MonotoneColumns { get; init; } = [];

    /// <summary>What holds for the rows of <paramref name="plan"/>. O(size of the plan).</summary>
    public static PlanProperties Of(PlanNode plan) =>
        plan switch
        {
            ScanNode scan => OfScan(scan),
            FilterNode or LimitNode => Of(plan.Inputs[0]),
            AggregateNode { GroupsAreContiguous: true } aggregate => OfGroups(aggregate, Of(aggregate.Inputs[0])),
            ProjectNode project => OfProject(project, Of(project.Inputs[0])),
            WindowNode window
                when WindowNode.IsInOrder(window.Inputs[0], window.PartitionBy, window.OrderBy, window.TieBreak) => Of(
                window.Inputs[0]
            ),
            ContextNode context
                when AreGroupsContiguous(context.Inputs[0], context.Keys)
                    && IsOrderedWithin(context.Inputs[0], context.Order) => Of(context.Inputs[0]),
            AsofJoinNode or WindowJoinNode or JoinNode => Of(plan.Inputs[0]),
            _ => Unordered,
        };

    /// <summary>
    /// True where rows with equal <paramref name="keys"/> follow each other within a morsel of
    /// <paramref name="input"/>, and no such group is in two morsels: for the cluster column, alone or with functions
    /// of the time that never fall.
    /// </summary>
    public static bool AreGroupsContiguous(PlanNode input, IReadOnlyList<BoundExpression> keys)
    {
        var properties = Of(input);
        var hasCluster = false;
        foreach (var key in keys)
        {
            if (
                key is ColumnExpression column
                && column.Index == properties.ClusterColumn
                && properties.ClusterColumn >= 0
            )
            {
                hasCluster = true;
            }
            else if (!properties.IsMonotone(key))
            {
                return false;
            }
        }

        return keys.Count > 0 && (hasCluster || properties.IsTimeOrdered);
    }

    /// <summary>
    /// True where rows of one cluster value are already in the order of <paramref name="keys"/>: by time, or by time
    /// and sequence, ascending.
    /// </summary>
    public static bool IsOrderedWithin(PlanNode input, IReadOnlyList<SortKey> keys)
    {
        var properties = Of(input);
        if (
            properties.TimeColumn < 0
            || keys.Count > 2
            || keys.Any(k => k.Descending || k.Expression is not ColumnExpression)
        )
        {
            return keys.Count == 0;
        }

        var columns = keys.Select(k => ((ColumnExpression)k.Expression).Index).ToArray();
        return (columns.Length < 1 || columns[0] == properties.TimeColumn)
            && (columns.Length < 2 || (columns[1] == properties.SequenceColumn && columns[1] >= 0));
    }

    private static PlanProperties OfScan(ScanNode scan)
    {
        var table = scan.Source.Schema;
        var columns = scan.Request.Columns.ToList();
        return scan.Request.Order switch
        {
            ScanOrder.Clustered when table.ClusterColumn >= 0 => new()
            {
                ClusterColumn = columns.IndexOf(table.ClusterColumn),
                // Rows of one symbol are one morsel, in order of time.
                IsTimeOrdered = scan.Request.Symbols is { Length: <= 1 },
                TimeColumn = columns.IndexOf(table.TimeIndex),
                SequenceColumn = columns.IndexOf(table.SequenceIndex),
            },
            ScanOrder.EventTime => new()
            {
                IsTimeOrdered = true,
                TimeColumn = columns.IndexOf(table.TimeIndex),
                SequenceColumn = columns.IndexOf(table.SequenceIndex),
            },
            _ => Unordered,
        };
    }

    // Groups come out one after the other in the order of their rows, each once.
    private static PlanProperties OfGroups(AggregateNode aggregate, PlanProperties input)
    {
        var (cluster, time) = (-1, -1);
        for (var i = 0; i < aggregate.Keys.Count; i++)
        {
            if (aggregate.Keys[i] is ColumnExpression column && column.Index == input.ClusterColumn)
            {
                cluster = i;
            }
            else
            {
                // With two functions of the time, neither alone says which group comes first.
                time = aggregate.Keys.Count <= 2 ? i : -1;
            }
        }

        return new()
        {
            ClusterColumn = cluster,
            TimeColumn = time,
            IsTimeOrdered = input.IsTimeOrdered,
        };
    }

    private static PlanProperties OfProject(ProjectNode project, PlanProperties input)
    {
        int Find(int column) =>
            column < 0 ? -1 : project.Expressions.ToList().FindIndex(e => e is ColumnExpression c && c.Index == column);
        return new()
        {
            ClusterColumn = Find(input.ClusterColumn),
            TimeColumn = Find(input.TimeColumn),
            SequenceColumn = Find(input.SequenceColumn),
            IsTimeOrdered = input.IsTimeOrdered,
            MonotoneColumns =
            [
                .. Enumerable.Range(0, project.Expressions.Count).Where(i => input.IsMonotone(project.Expressions[i])),
            ],
        };
    }

    private bool IsMonotone(BoundExpression expression) =>
        expression switch
        {
            ColumnExpression column => (column.Index == TimeColumn && TimeColumn >= 0)
                || MonotoneColumns.Contains(column.Index),
            CastExpression { Type.Kind: TypeKind.Date or TypeKind.Timestamp } cast => IsMonotone(cast.Operand),
            CallExpression call => IsMonotoneCall(call),
            _ => false,
        };

    // With a time zone or a calendar a bucket may repeat an hour; only fixed steps are known never to fall.
    private bool IsMonotoneCall(CallExpression call)
    {
        var times = call.Arguments.Where(a => a is not ConstantExpression).ToArray();
        return call.Function.Function.Name is "time_bucket" or "date_trunc"
            && times.Length == 1
            && IsMonotone(times[0])
            && call.Arguments.All(a =>
                ReferenceEquals(a, times[0])
                || a
                    is ConstantExpression
                    {
                        Value: { IsNull: false, Type.Kind: TypeKind.Interval or TypeKind.Timestamp }
                    }
                || (
                    a is ConstantExpression { Value.Type.Kind: TypeKind.Varchar }
                    && ReferenceEquals(a, call.Arguments[0])
                )
            );
    }
}
