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
    /// <summary>Makes a window; <paramref name="names"/> has a name for each call.</summary>
    public WindowNode(
        PlanNode input,
        IReadOnlyList<BoundExpression> partitionBy,
        IReadOnlyList<SortKey> orderBy,
        IReadOnlyList<WindowCall> calls,
        IReadOnlyList<string> names
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
    }

    /// <summary>Over the input's columns.</summary>
    public IReadOnlyList<BoundExpression> PartitionBy { get; }

    /// <summary>Over the input's columns.</summary>
    public IReadOnlyList<SortKey> OrderBy { get; }

    /// <summary>The functions.</summary>
    public IReadOnlyList<WindowCall> Calls { get; }

    /// <summary>Names of the calls' columns.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public override string Name => "Window";

    /// <inheritdoc/>
    public override string Details =>
        $"partition by ({string.Join(", ", PartitionBy)}) order by ({string.Join(", ", OrderBy)}): {string.Join(", ", Calls)}";

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new WindowNode(inputs[0], PartitionBy, OrderBy, Calls, Names);
}
