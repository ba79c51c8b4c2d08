using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Narrows a plan to the rows whose columns have certain values, as far down as scans, filters and projections allow, so that deriving
/// a few rows again reads only the blocks that may hold them. The filter stays on top: what could not be pushed down is still right.
/// </summary>
public static class PlanRange
{
    /// <summary>The rows of a plan for which every condition holds.</summary>
    /// <param name="plan">Whose rows are wanted.</param>
    /// <param name="conditions">Over the plan's columns; NULL bounds match nothing but NULL in <see cref="RangeCondition.Equal"/>.</param>
    public static PlanNode Narrow(PlanNode plan, params ReadOnlySpan<RangeCondition> conditions)
    {
        var narrowed = plan;
        foreach (var condition in conditions)
        {
            narrowed = Push(narrowed, condition.Column, condition);
        }

        return narrowed;
    }

    private static PlanNode Push(PlanNode node, int column, RangeCondition condition) =>
        node switch
        {
            FilterNode filter => new FilterNode(Push(filter.Inputs[0], column, condition), filter.Predicate),
            ProjectNode project when project.Expressions[column] is ColumnExpression inner => project.WithInputs(
                Push(project.Inputs[0], inner.Index, condition)
            ),
            ScanNode scan => OfScan(scan, column, condition),
            AggregateNode aggregate when column < aggregate.Keys.Count => OfAggregate(aggregate, column, condition),
            _ => new FilterNode(node, Predicate(KeyedPlan.ColumnOf(node, column), condition)),
        };

    // A group's rows all have its keys, and the times of its bucket.
    private static PlanNode OfAggregate(AggregateNode aggregate, int key, RangeCondition condition)
    {
        var input = aggregate.Inputs[0];
        if (aggregate.Keys[key] is ColumnExpression column)
        {
            return aggregate.WithInputs(Push(input, column.Index, condition));
        }

        if (condition is { Other: null } && BucketTimes.Of(aggregate.Keys[key]) is { } times)
        {
            var (from, to) =
                condition.From == condition.To
                    ? times.RangeOf(condition.From)
                    : times.SpanOf(condition.From, condition.To);
            var range = new RangeCondition(times.Column, from, to);
            aggregate = (AggregateNode)aggregate.WithInputs(Push(input, times.Column, range));
        }

        return new FilterNode(aggregate, Predicate(KeyedPlan.ColumnOf(aggregate, key), condition));
    }

    private static PlanNode OfScan(ScanNode scan, int column, RangeCondition condition)
    {
        var schema = scan.Source.Schema;
        var request = scan.Request;
        var tableColumn = request.Columns[column];
        var physical = schema.AllColumns[tableColumn].Type.Physical;
        if (
            condition.Other is not null
            || physical is PhysicalType.Utf8 or PhysicalType.Interval or PhysicalType.Float or PhysicalType.Double
        )
        {
            return new FilterNode(scan, Predicate(KeyedPlan.ColumnOf(scan, column), condition));
        }

        var (from, to) = (condition.From, condition.To);
        if (tableColumn == schema.TimeIndex)
        {
            return scan.WithRequest(
                Copy(request, request.Symbols, Math.Max(request.TimeFrom, from), Math.Min(request.TimeTo, to), [])
            );
        }

        if (tableColumn == schema.ClusterColumn && from == to)
        {
            int[] symbols = request.Symbols is { } known && Array.IndexOf(known, (int)from) < 0 ? [] : [(int)from];
            return scan.WithRequest(Copy(request, symbols, request.TimeFrom, request.TimeTo, []));
        }

        return scan.WithRequest(
            Copy(
                request,
                request.Symbols,
                request.TimeFrom,
                request.TimeTo,
                [
                    new()
                    {
                        Column = tableColumn,
                        Operator = Core.ScanOperator.GreaterOrEqual,
                        Integer = from,
                    },
                    new()
                    {
                        Column = tableColumn,
                        Operator = Core.ScanOperator.LessOrEqual,
                        Integer = to,
                    },
                ]
            )
        );
    }

    private static BoundExpression Predicate(ColumnExpression column, RangeCondition condition)
    {
        if (condition.Other is { IsNull: true })
        {
            return new IsNullExpression(column, Negated: false);
        }

        if (condition.Other is { } other)
        {
            return new InListExpression(column, [other], Negated: false);
        }

        return condition.From == condition.To
            ? new InListExpression(column, [ConstantValue.Of(column.Type, condition.From)], Negated: false)
            : new LogicalExpression(
                true,
                [Compare(">=", column, condition.From), Compare("<=", column, condition.To)],
                column.Nullable
            );
    }

    private static CallExpression Compare(string name, ColumnExpression column, long value)
    {
        var overload = FunctionRegistry.Scalars[name].Resolve([column.Type, column.Type])!;
        return new CallExpression(
            overload,
            [column, new ConstantExpression(ConstantValue.Of(column.Type, value))],
            column.Nullable
        );
    }

    private static ScanRequest Copy(
        ScanRequest request,
        int[]? symbols,
        long timeFrom,
        long timeTo,
        IReadOnlyList<ScanPredicate> more
    ) =>
        new()
        {
            Columns = request.Columns,
            Symbols = symbols,
            TimeFrom = timeFrom,
            TimeTo = timeTo,
            Predicates = [.. request.Predicates, .. more],
            Order = request.Order,
            Latest = request.Latest,
        };
}

/// <summary>
/// A column's values from one to another, both included, as the 64-bit integers that lie in memory (ids of symbols, nanoseconds, units of
/// DECIMAL); or, for columns of other types, one value.
/// </summary>
/// <param name="Column">Index of the column.</param>
/// <param name="From">The least value wanted.</param>
/// <param name="To">The greatest value wanted.</param>
public readonly record struct RangeCondition(int Column, long From, long To)
{
    /// <summary>A value that is no integer, or NULL; <see cref="From"/> and <see cref="To"/> do not count then.</summary>
    public ConstantValue? Other { get; init; }

    /// <summary>The value of one row.</summary>
    public static RangeCondition Equal(int column, ColumnVector values, int row, ISymbolTable symbols)
    {
        if (!values.IsNull(row))
        {
            switch (values.Type.Physical)
            {
                case PhysicalType.Int64:
                    return new RangeCondition(column, values.Values<long>()[row], values.Values<long>()[row]);
                case PhysicalType.Int32:
                    return new RangeCondition(column, values.Values<int>()[row], values.Values<int>()[row]);
                case PhysicalType.Int16:
                    return new RangeCondition(column, values.Values<short>()[row], values.Values<short>()[row]);
                case PhysicalType.Byte:
                    return new RangeCondition(column, values.Values<byte>()[row], values.Values<byte>()[row]);
                default:
                    break;
            }
        }

        return new RangeCondition(column, 0, 0) { Other = ConstantColumns.Read(values, row, symbols) };
    }
}
