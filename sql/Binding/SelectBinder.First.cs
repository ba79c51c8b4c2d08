using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>LATEST ON, the first row of each key, and which row is first where ORDER BY leaves it open.</summary>
internal sealed partial class SelectBinder
{
    /// <summary>
    /// LATEST ON time PARTITION BY keys: of each key the row with the greatest time, and of several the one with the greatest
    /// <c>_seq</c>. Rows without a time come last.
    /// </summary>
    private Relation LatestOn(Relation input, LatestOn latest)
    {
        var binder = new ExpressionBinder(session, input, "LATEST ON", queries.BindSubquery);
        var time = binder.Bind(latest.Time);
        if (time.Type.Kind is not (TypeKind.Timestamp or TypeKind.Date))
            throw session.Error(ErrorCode.TypeMismatch, latest.Time, "LATEST ON takes a TIMESTAMP or a DATE");
        BoundExpression[] keys =
        [
            .. latest.PartitionBy.Select(k =>
                binder.SortKeyOf(binder.Bind(k), new SortItem(k.Span, k, false, null)).Expression
            ),
        ];
        var order = new List<SortKey> { new(time, Descending: true, NullsFirst: false) };
        if (input.Tables is [{ Sequence: { } sequence }])
            order.Add(new SortKey(sequence, Descending: true, NullsFirst: false));
        return input.WithPlan(FirstOfEach(input.Plan, keys, order, TieBreak(input, input.Plan, isGrouped: false)));
    }

    /// <summary>The first row of each key in an order, with its number behind its columns.</summary>
    private static FilterNode FirstOfEach(
        PlanNode plan,
        BoundExpression[] on,
        IReadOnlyList<SortKey> order,
        IReadOnlyList<SortKey> tieBreak
    )
    {
        var call = new WindowCall("row_number", [], RowsFrame.ToCurrentRow, false, DataType.BigInt, null);
        var numbered = new WindowNode(plan, on, order, [call], ["row_number"], tieBreak);
        var one = new ConstantExpression(ConstantValue.Of(DataType.BigInt, 1L));
        var number = new ColumnExpression(plan.Schema.ColumnCount, "row_number", DataType.BigInt, true);
        var equal = FunctionRegistry.Scalars["="].Resolve([DataType.BigInt, DataType.BigInt])!;
        return new FilterNode(numbered, new CallExpression(equal, [number, one], true));
    }

    /// <summary>
    /// The order of rows that a window's ORDER BY does not tell apart: event time and <c>_seq</c> of the tables, or the keys of
    /// groups; where neither is known all columns, for rows that are equal in all of them are the same to everybody. So
    /// a window's results do not depend on how rows are stored, or on how they came.
    /// </summary>
    private SortKey[] TieBreak(Relation input, PlanNode plan, bool isGrouped)
    {
        IEnumerable<BoundExpression> columns =
            isGrouped ? Enumerable.Range(0, groupKeys.Count).Select(k => FromBinder.ColumnOf(plan, k))
            : input.Tables.All(t => t is { Time: not null, Sequence: not null })
                ? input.Tables.SelectMany(t => new[] { t.Time!, t.Sequence! })
            : Enumerable.Range(0, input.Plan.Schema.ColumnCount).Select(c => FromBinder.ColumnOf(input.Plan, c));
        return
        [
            .. columns.Where(c => !c.Type.IsArray).Select(c => new SortKey(c, Descending: false, NullsFirst: false)),
        ];
    }
}
