using System.Text;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Sql.Binding;

/// <summary>
/// Computes expressions without columns by running them as plans of one row, so that a constant is folded by the very
/// code that would have computed it.
/// </summary>
internal sealed class ConstantEvaluator(IBindingCatalog catalog)
{
    private static readonly ValuesNode OneRow = new(
        new BatchSchema(new ColumnSchema("one", DataType.Boolean, false)),
        [
            [ConstantValue.Of(true)],
        ]
    );

    /// <summary>A plan that yields one row, whose only column means nothing.</summary>
    public static PlanNode SingleRow => OneRow;

    /// <summary>True where nothing in the expression depends on a row.</summary>
    public static bool IsConstant(BoundExpression expression) =>
        !ExpressionTree.Contains(
            expression,
            static e =>
                e
                    is ColumnExpression
                        or AggregateReference
                        or WindowReference
                        or FactorReference
                        or StructExpression
                        // The same for all rows of a query, but not for all steps of a view.
                        or WatermarkExpression
                || e.Type.IsArray
        );

    /// <summary>The value of an expression without columns. Throws what its functions throw.</summary>
    public ConstantValue Evaluate(BoundExpression expression) =>
        expression is ConstantExpression constant
            ? constant.Value
            : Rows(new ProjectNode(OneRow, [expression], ["value"]), rowsMax: 1)[0][0];

    /// <summary>
    /// The rows of a plan of few rows. Throws OutOfRange where there are more than <paramref name="rowsMax"/>.
    /// </summary>
    public IReadOnlyList<ConstantValue[]> Rows(PlanNode plan, int rowsMax)
    {
        var context = new EvaluationContext
        {
            Symbols = catalog.Symbols,
            Pool = catalog.Pool,
            NowNanos = catalog.NowNanos,
            Watermarks = catalog.Watermarks,
        };
        var rows = new List<ConstantValue[]>();
        using var reader = PlanExecutor.Open(plan, context, threadCount: 1);
        while (reader.Next() is { } batch)
        {
            if (rows.Count + batch.RowCount > rowsMax)
            {
                Throw.Error(ErrorCode.OutOfRange, $"a subquery used as a value gives more than {rowsMax:N0} row(s)");
            }

            for (var row = 0; row < batch.RowCount; row++)
            {
                rows.Add([.. Enumerable.Range(0, batch.ColumnCount).Select(c => Read(batch[c], row, catalog.Symbols))]);
            }
        }

        return rows;
    }

    /// <summary>One value of a scalar vector as a constant.</summary>
    public static ConstantValue Read(ColumnVector vector, int row, ISymbolTable symbols)
    {
        var type = vector.Type;
        if (vector.IsNull(row))
            return ConstantValue.Null(type);
        if (type.IsArray)
            Throw.Error(ErrorCode.NotSupported, $"a value of type {type} cannot be a constant");
        return type.Physical switch
        {
            PhysicalType.Byte => ConstantValue.Of(type, vector.Values<byte>()[row]),
            PhysicalType.Int16 => ConstantValue.Of(type, vector.Values<short>()[row]),
            PhysicalType.Int32 when type.Kind == TypeKind.Symbol => SymbolOf(vector.Values<int>()[row], symbols),
            PhysicalType.Int32 => ConstantValue.Of(type, vector.Values<int>()[row]),
            PhysicalType.Int64 => ConstantValue.Of(type, vector.Values<long>()[row]),
            PhysicalType.Float => ConstantValue.Of(type, (double)vector.Values<float>()[row]),
            PhysicalType.Double => ConstantValue.Of(type, vector.Values<double>()[row]),
            PhysicalType.Interval => ConstantValue.Of(vector.Values<Interval>()[row]),
            PhysicalType.Utf8 => ConstantValue.Of(Encoding.UTF8.GetString(vector.Utf8(row))),
        };
    }

    /// <summary>A SYMBOL constant by its text; its id is -1 where no row can have it.</summary>
    public static ConstantValue SymbolOf(string text, ISymbolTable symbols) =>
        new()
        {
            Type = DataType.Symbol,
            Text = text,
            Integer = symbols.Find(Encoding.UTF8.GetBytes(text)),
        };

    private static ConstantValue SymbolOf(int id, ISymbolTable symbols) =>
        new()
        {
            Type = DataType.Symbol,
            Text = symbols.Text(id),
            Integer = id,
        };
}
