using TickStore.Core;

namespace TickStore.Execution;

/// <summary>When an alert fires.</summary>
/// <param name="KeyColumns">Columns of which each combination of values is an alert of its own; none for one alert.</param>
/// <param name="TimeColumn">Orders the rows: a TIMESTAMP.</param>
/// <param name="HoldsColumn">BOOLEAN: the condition.</param>
/// <param name="RearmColumn">BOOLEAN: a row that lets the alert fire again; -1 where the condition's end does.</param>
/// <param name="HoldsForNanos">How long the condition has to hold, in event time.</param>
/// <param name="RateCount">How often it fires at most within <paramref name="RateNanos"/>; 0 for any number.</param>
/// <param name="RateNanos">See <paramref name="RateCount"/>.</param>
/// <param name="Table">Whose watermark says how far event time has come where no row does; empty for none.</param>
public sealed record AlertRules(
    IReadOnlyList<int> KeyColumns,
    int TimeColumn,
    int HoldsColumn,
    int RearmColumn,
    long HoldsForNanos,
    int RateCount,
    long RateNanos,
    string Table
);

/// <summary>
/// The moments at which a condition has held for long enough: for each key a fold over its rows in the order of time. Yields the row that
/// was the newest at that moment, and behind its columns <c>fired_at</c>.
/// </summary>
/// <remarks>
/// The condition holds from the first row on where it is true until the first where it is not. It has held for long enough when a row of
/// the key, or the watermark, is that far behind its beginning. Then the alert is spent until a row re-arms it. One that fires too often
/// is spent without a word.
/// </remarks>
public sealed class AlertNode : PlanNode
{
    /// <summary>Makes the node.</summary>
    /// <param name="input">Rows that can be told apart.</param>
    /// <param name="rowKeys">The columns that tell the input's rows apart; they order rows of equal time.</param>
    /// <param name="rules">When it fires.</param>
    public AlertNode(PlanNode input, IReadOnlyList<int> rowKeys, AlertRules rules)
        : base(
            new BatchSchema([.. input.Schema.Columns, new ColumnSchema("fired_at", DataType.Timestamp, false)]),
            input
        )
    {
        RowKeys = rowKeys;
        Rules = rules;
    }

    /// <summary>The columns that tell rows apart, of the input and of what comes out: a row fires once.</summary>
    public IReadOnlyList<int> RowKeys { get; }

    /// <summary>When it fires.</summary>
    public AlertRules Rules { get; }

    /// <inheritdoc/>
    public override string Name => "Alert";

    /// <inheritdoc/>
    public override string Details
    {
        get
        {
            var columns = Rules.KeyColumns.Select(k => Schema[k].Name);
            var rate = Rules.RateCount > 0 ? $", at most {Rules.RateCount} per {Rules.RateNanos} ns" : string.Empty;
            return $"key ({string.Join(", ", columns)}) for {Rules.HoldsForNanos} ns{rate}";
        }
    }

    /// <summary>The column of <c>_seq</c> among the row keys where that is the whole key, or -1.</summary>
    internal int SequenceColumn =>
        RowKeys is [var key] && Schema[key] is { Name: "_seq", Type.Kind: TypeKind.BigInt } ? key : -1;

    /// <inheritdoc/>
    public override PlanNode WithInputs(params ReadOnlySpan<PlanNode> inputs) =>
        new AlertNode(inputs[0], RowKeys, Rules);

    /// <summary>The rows of a plan with this node's input columns, key by key and in order.</summary>
    internal SortNode Sorted(PlanNode rows) =>
        new(
            rows,
            [
                .. Rules
                    .KeyColumns.Append(Rules.TimeColumn)
                    .Concat(RowKeys)
                    .Select(c => new SortKey(KeyedPlan.ColumnOf(rows, c), Descending: false, NullsFirst: false)),
            ]
        );
}
