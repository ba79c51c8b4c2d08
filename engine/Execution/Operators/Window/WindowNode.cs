using TickStore.Core;

namespace TickStore.Execution;

/// <summary>A bound of a ROWS frame, relative to the current row: negative is PRECEDING; null is UNBOUNDED.</summary>
/// <param name="Start">First row of the frame.</param>
/// <param name="End">Last row of the frame.</param>
public sealed record RowsFrame(long? Start, long? End)
{
    /// <summary>From the partition's first row to the current one.</summary>
    public static RowsFrame ToCurrentRow { get; } = new(null, 0);

    /// <inheritdoc/>
    public override string ToString() => $"ROWS {Start?.ToString() ?? "UNBOUNDED"} TO {End?.ToString() ?? "UNBOUNDED"}";
}

/// <summary>One function over a window.</summary>
/// <param name="Function">Name of a window function (lag, lead, row_number, first_value ...) or of an
/// aggregate.</param>
/// <param name="Arguments">Over the input's columns.</param>
/// <param name="Frame">The frame, for those functions that have one.</param>
/// <param name="IncludePeers">
/// True for the default frame of an ordered window (RANGE UNBOUNDED PRECEDING): the frame ends with the last peer of
/// the row.
/// </param>
/// <param name="Type">Type of the result.</param>
/// <param name="Aggregate">The overload, where the function is an aggregate; else null.</param>
public sealed record WindowCall(
    string Function,
    IReadOnlyList<BoundExpression> Arguments,
    RowsFrame Frame,
    bool IncludePeers,
    DataType Type,
    AggregateOverload? Aggregate
)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Function}({string.Join(", ", Arguments)}) {Frame}";
}

/// <summary>
/// Functions over a window: yields the input's columns, then one column for each call. All calls share partition and
/// order. Rows come out partition by partition, in the window's order.
/// </summary>
public sealed class WindowNode : PlanNode
{
    /// <summary>
    /// Makes a window; <paramref name="names"/> has a name for each call. Without <paramref name="tieBreak"/> peers keep the order in which
    /// the input yields them.
    /// </summary>
    public WindowNode(
        PlanNode input,
        IReadOnlyList<BoundExpression> partitionBy,
        IReadOnlyList<SortKey> orderBy,
        IReadOnlyList<WindowCall> calls,
        IReadOnlyList<string> names,
        IReadOnlyList<SortKey>? tieBreak = null
    )
        : base(
            new BatchSchema([.. input.Schema.Columns, .. calls.Select((c, i) => new ColumnSchema(names[i], c.Type))]),
            input
        )
    {
        PartitionBy = partitionBy;
        OrderBy = orderBy;
        Calls = calls;
        Names = names;
        TieBreak = tieBreak ?? [];
    }

    /// <summary>Over the input's columns.</summary>
    public IReadOnlyList<BoundExpression> PartitionBy { get; }

    /// <summary>Over the input's columns.</summary>
    public IReadOnlyList<SortKey> OrderBy { get; }

    /// <summary>The functions.</summary>
    public IReadOnlyList<WindowCall> Calls { get; }

    /// <summary>Names of the calls' columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Over the input's columns: which of several peers comes first, for functions that number rows or look at their neighbours. Peers
    /// stay peers.
    /// </summary>
    public IReadOnlyList<SortKey> TieBreak { get; }

    /// <inheritdoc/>
    public override string Name => "Window";

    /// <inheritdoc/>
    public override string Details =>
        $"partition by ({string.Join(", ", PartitionBy)}) order by ({string.Join(", ", OrderBy)})"
        + (TieBreak.Count > 0 ? $" then ({string.Join(", ", TieBreak)})" : string.Empty)
        + $": {string.Join(", ", Calls)}";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new WindowNode(inputs[0], PartitionBy, OrderBy, Calls, Names, TieBreak);

    /// <summary>
    /// True where the call's result depends on which of several peers comes first, so that a window needs a tie-break.
    /// </summary>
    public static bool DependsOnTies(WindowCall call) =>
        call.Aggregate is null
            ? call.Function.ToLowerInvariant() is not ("rank" or "dense_rank" or "percent_rank" or "cume_dist")
            : !call.IncludePeers && call.Frame is not { Start: null, End: null };

    /// <summary>True where the node's rows are in its order already as the input yields them, partition by partition.</summary>
    public static bool IsInOrder(
        PlanNode input,
        IReadOnlyList<BoundExpression> partitionBy,
        IReadOnlyList<SortKey> orderBy,
        IReadOnlyList<SortKey> tieBreak
    )
    {
        SortKey[] order = [.. orderBy, .. tieBreak.Where(k => !orderBy.Any(o => o.Expression.Equals(k.Expression)))];
        return PlanProperties.AreGroupsContiguous(input, partitionBy) && PlanProperties.IsOrderedWithin(input, order);
    }
}
