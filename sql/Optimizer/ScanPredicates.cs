using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Turns conditions over a scan's columns into what the scan itself does: symbols, a span of time, comparisons.
/// </summary>
internal sealed class ScanPredicates(ScanNode scan, ISymbolTable symbols)
{
    private readonly TableSchema table = scan.Source.Schema;
    private readonly List<ScanPredicate> predicates = [.. scan.Request.Predicates];
    private int[]? clusterSymbols = scan.Request.Symbols;
    private long timeFrom = scan.Request.TimeFrom;
    private long timeTo = scan.Request.TimeTo;

    /// <summary>The scan with everything that was added.</summary>
    public ScanNode ToScan() =>
        scan.WithRequest(
            new ScanRequest
            {
                Columns = scan.Request.Columns,
                Symbols = clusterSymbols,
                TimeFrom = timeFrom,
                TimeTo = timeTo,
                Predicates = predicates,
                Order = scan.Request.Order,
            }
        );

    /// <summary>Takes a condition over; false where it must stay in a filter.</summary>
    public bool TryAdd(BoundExpression condition) =>
        condition switch
        {
            CallExpression { Arguments: [ColumnExpression column, ConstantExpression constant] } call => OperatorOf(
                call.Function.Function.Name
            )
                is { } op
                && TryCompare(column, op, constant.Value),
            CallExpression { Arguments: [ConstantExpression constant, ColumnExpression column] } call => OperatorOf(
                call.Function.Function.Name
            )
                is { } op
                && TryCompare(column, Flip(op), constant.Value),
            InListExpression { Negated: false, Operand: ColumnExpression column } inList => TryIn(
                column,
                inList.Members
            ),
            IsNullExpression { Operand: ColumnExpression column } isNull => Add(
                column,
                isNull.Negated ? ScanOperator.IsNotNull : ScanOperator.IsNull
            ),
            ColumnExpression { Type.Kind: TypeKind.Boolean, Type.IsArray: false } flag => Add(
                flag,
                ScanOperator.Equal,
                1
            ),
            NotExpression { Operand: ColumnExpression flag } => Add(flag, ScanOperator.Equal, 0),
            _ => false,
        };

    private static ScanOperator? OperatorOf(string name) =>
        name switch
        {
            "=" => ScanOperator.Equal,
            "<>" => ScanOperator.NotEqual,
            "<" => ScanOperator.Less,
            "<=" => ScanOperator.LessOrEqual,
            ">" => ScanOperator.Greater,
            ">=" => ScanOperator.GreaterOrEqual,
            _ => null,
        };

    private static ScanOperator Flip(ScanOperator op) =>
        op switch
        {
            ScanOperator.Less => ScanOperator.Greater,
            ScanOperator.LessOrEqual => ScanOperator.GreaterOrEqual,
            ScanOperator.Greater => ScanOperator.Less,
            ScanOperator.GreaterOrEqual => ScanOperator.LessOrEqual,
            _ => op,
        };

    private int TableColumn(ColumnExpression column) => scan.Request.Columns[column.Index];

    private bool Add(ColumnExpression column, ScanOperator op, long integer = 0)
    {
        if (column.Type.IsArray)
            return false;
        predicates.Add(
            new ScanPredicate
            {
                Column = TableColumn(column),
                Operator = op,
                Integer = integer,
            }
        );
        return true;
    }

    private bool TryCompare(ColumnExpression column, ScanOperator op, ConstantValue value)
    {
        if (value.IsNull || column.Type.IsArray)
            return false;
        if (column.Type.Kind == TypeKind.Symbol)
            return TryCompareSymbol(column, op, value);
        if (value.Type != column.Type)
            return false;
        switch (column.Type.Kind)
        {
            case TypeKind.Interval:
                return false;
            case TypeKind.Real or TypeKind.Double:
                predicates.Add(
                    new ScanPredicate
                    {
                        Column = TableColumn(column),
                        Operator = op,
                        Real = value.Real,
                    }
                );
                return true;
            case TypeKind.Varchar:
                predicates.Add(
                    new ScanPredicate
                    {
                        Column = TableColumn(column),
                        Operator = op,
                        Utf8 = value.Utf8(),
                    }
                );
                return true;
            case TypeKind.Timestamp when TableColumn(column) == table.TimeIndex && op != ScanOperator.NotEqual:
                return NarrowTime(op, value.Integer);
            default:
                return Add(column, op, value.Integer);
        }
    }

    // Ids are in order of arrival, not of text, so only equality can be asked of them.
    private bool TryCompareSymbol(ColumnExpression column, ScanOperator op, ConstantValue value)
    {
        if (op is not (ScanOperator.Equal or ScanOperator.NotEqual))
            return false;
        var id = symbols.Find(value.Utf8());
        if (op == ScanOperator.Equal)
            return TryIn(column, [ConstantValue.Of(DataType.Symbol, id)]);
        return id < 0 ? Add(column, ScanOperator.IsNotNull) : Add(column, op, id);
    }

    private bool NarrowTime(ScanOperator op, long nanos)
    {
        switch (op)
        {
            // Nothing is before the first moment or after the last one.
            case ScanOperator.Less when nanos == long.MinValue:
            case ScanOperator.Greater when nanos == long.MaxValue:
                return false;
            case ScanOperator.Less:
                timeTo = Math.Min(timeTo, nanos - 1);
                break;
            case ScanOperator.LessOrEqual:
                timeTo = Math.Min(timeTo, nanos);
                break;
            case ScanOperator.Greater:
                timeFrom = Math.Max(timeFrom, nanos + 1);
                break;
            case ScanOperator.GreaterOrEqual:
                timeFrom = Math.Max(timeFrom, nanos);
                break;
            default:
                timeFrom = Math.Max(timeFrom, nanos);
                timeTo = Math.Min(timeTo, nanos);
                break;
        }

        return true;
    }

    private bool TryIn(ColumnExpression column, IReadOnlyList<ConstantValue> members)
    {
        var isInteger =
            column.Type.Physical is PhysicalType.Byte or PhysicalType.Int16 or PhysicalType.Int32 or PhysicalType.Int64;
        if (column.Type.IsArray || !isInteger)
            return false;
        var values = new SortedSet<long>();
        foreach (var member in members)
        {
            // In a filter NULL and false are the same, so a NULL member only ever misses.
            if (member.IsNull)
                continue;
            var value =
                column.Type.Kind == TypeKind.Symbol && member.Text is not null
                    ? symbols.Find(member.Utf8())
                    : member.Integer;
            if (column.Type.Kind != TypeKind.Symbol || value >= 0)
                values.Add(value);
        }

        if (TableColumn(column) == table.ClusterColumn)
        {
            if (clusterSymbols is not null)
                values.IntersectWith(clusterSymbols.Select(id => (long)id));
            clusterSymbols = [.. values.Select(v => (int)v)];
        }
        else if (values.Count == 1)
        {
            Add(column, ScanOperator.Equal, values.Min);
        }
        else
        {
            predicates.Add(
                new ScanPredicate
                {
                    Column = TableColumn(column),
                    Operator = ScanOperator.In,
                    Set = values.ToArray(),
                }
            );
        }

        return true;
    }
}
