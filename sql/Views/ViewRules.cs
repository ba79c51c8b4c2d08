using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Views;

/// <summary>
/// What is different where a query defines a view: which rows of its tables count, and what must not stand in it because it would mean
/// something else at every moment.
/// </summary>
/// <param name="AfterSequence">Rows up to this <c>_seq</c> do not count (BACKFILL NONE); -1 for all.</param>
/// <param name="FromNanos">Rows of an earlier event time do not count (BACKFILL FROM); the least value for all.</param>
/// <param name="RejectsLate">Late rows do not count (ON LATE REJECT).</param>
internal sealed record ViewRules(long AfterSequence, long FromNanos, bool RejectsLate)
{
    /// <summary>Rows that came later than this do not count (ON LATE CORRECT UNTIL); null for no limit.</summary>
    public Interval? RejectsLaterThan { get; init; }

    /// <summary>The rows of a table that count.</summary>
    public Relation Restrict(Relation table)
    {
        if (table.Tables is not [{ Time: { } time, Sequence: { } sequence } columns])
            return table;
        var conditions = new List<BoundExpression>();
        if (AfterSequence >= 0)
            conditions.Add(Compare(">", sequence, ConstantValue.Of(DataType.BigInt, AfterSequence)));
        AddFrom(conditions, time);
        if (RejectsLate)
            conditions.Add(new NotExpression(columns.Find("_late")!.Value));
        if (RejectsLaterThan is { } age && table.Plan is ScanNode scan)
        {
            var late = columns.Find("_late")!.Value;
            conditions.Add(new NotExpression(Lateness.CameLaterThan(scan.Source.Schema, age, late, time, sequence)));
        }

        return Filtered(table, conditions);
    }

    /// <summary>The rows of a view below this one that count. Throws where the rules cannot be told of its rows.</summary>
    public Relation RestrictView(Relation view, BindingSession session, SyntaxNode at)
    {
        if (AfterSequence >= 0)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                at,
                "BACKFILL NONE needs rows with a _seq, and those of a view have none; put it into that view, or use BACKFILL FROM"
            );
        }

        if (RejectsLaterThan is not null)
        {
            throw session.Error(
                ErrorCode.NotSupported,
                at,
                "ON LATE CORRECT UNTIL needs rows with _late, and those of a view have none; put it into that view"
            );
        }

        if (FromNanos == long.MinValue)
            return view;
        var conditions = new List<BoundExpression>();
        AddFrom(
            conditions,
            view.Tables[0].Time
                ?? throw session.Error(
                    ErrorCode.NotSupported,
                    at,
                    "BACKFILL FROM needs rows with a time, and those of this view have none"
                )
        );
        return Filtered(view, conditions);
    }

    /// <summary>Refuses what depends on when it is asked.</summary>
    public static TickStoreException Refuse(BindingSession session, SyntaxNode at, string what) =>
        session.Error(ErrorCode.NotSupported, at, $"a view cannot be defined with {what}");

    private static Relation Filtered(Relation relation, List<BoundExpression> conditions) =>
        ExpressionTree.AndAll(conditions) is { } condition
            ? relation.WithPlan(new FilterNode(relation.Plan, condition))
            : relation;

    private static CallExpression Compare(string name, ColumnExpression column, ConstantValue value) =>
        new(
            FunctionRegistry.Scalars[name].Resolve([column.Type, column.Type])!,
            [column, new ConstantExpression(value)],
            column.Nullable
        );

    private void AddFrom(List<BoundExpression> conditions, ColumnExpression time)
    {
        if (FromNanos != long.MinValue)
            conditions.Add(Compare(">=", time, ConstantValue.Of(DataType.Timestamp, FromNanos)));
    }
}
