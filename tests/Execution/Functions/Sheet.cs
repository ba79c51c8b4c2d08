// Support of the tests of this room: columns made of .NET values (null is NULL), and functions, casts and aggregates called
// by name on them. It proves nothing by itself.
using System.Text;
using TickStore.Core;
using TickStore.Execution;

namespace TickStore.Tests.Execution.Functions;

internal sealed class Sheet : IDisposable
{
    private readonly List<IDisposable> owned = [];

    public Sheet()
    {
        Pool = new BlockPool(new MemoryBudget(1L << 32, "test"));
        Context = new EvaluationContext
        {
            Symbols = new SymbolTable(),
            Pool = Pool,
            NowNanos = 1_772_443_812_000_000_000,
        };
    }

    public BlockPool Pool { get; }

    public EvaluationContext Context { get; init; }

    public ColumnVector Column(DataType type, params object?[] values)
    {
        var column = ColumnVector.Allocate(type, Math.Max(values.Length, 1), Pool);
        owned.Add(column);
        foreach (var value in values)
        {
            if (value is null)
            {
                column.AppendNull();
            }
            else
            {
                ConstantColumns.Append(Constant(type, value), 1, column, Context);
            }
        }

        return column;
    }

    public ConstantValue Constant(DataType type, object value) =>
        type.Kind switch
        {
            TypeKind.Varchar => ConstantValue.Of((string)value),
            TypeKind.Symbol => ConstantValue.Of(
                type,
                Context.Symbols.Intern(Encoding.UTF8.GetBytes((string)value))
            ) with
            {
                Text = (string)value,
            },
            TypeKind.Boolean => ConstantValue.Of((bool)value),
            TypeKind.Interval => ConstantValue.Of((Interval)value),
            TypeKind.Real or TypeKind.Double => ConstantValue.Of(type, Convert.ToDouble(value)),
            _ => ConstantValue.Of(type, Convert.ToInt64(value)),
        };

    public Batch BatchOf(params ColumnVector[] columns)
    {
        var batch = new Batch(
            new BatchSchema([.. columns.Select((c, i) => new ColumnSchema($"c{i}", c.Type))]),
            columns
        );
        batch.SetRowCount(columns.Length == 0 ? 1 : columns[0].RowCount);
        return batch;
    }

    public static ColumnExpression Ref(int index, DataType type) => new(index, $"c{index}", type, Nullable: true);

    public static BoundExpression Call(string name, params BoundExpression[] arguments)
    {
        var overload = FunctionRegistry.Scalars[name].Resolve([.. arguments.Select(a => (DataType?)a.Type)]);
        Assert.True(
            overload is not null,
            $"{name}({string.Join(", ", arguments.Select(a => a.Type))}) does not resolve"
        );
        var cast = arguments.Select(
            (a, i) => a.Type == overload!.ArgumentTypes[i] ? a : new CastExpression(a, overload.ArgumentTypes[i])
        );
        return new CallExpression(overload!, [.. cast], Nullable: true);
    }

    /// <summary>A function over whole columns: values as .NET objects, null for NULL.</summary>
    public object?[] Apply(string name, params ColumnVector[] columns) =>
        Evaluate(Call(name, [.. columns.Select((c, i) => Ref(i, c.Type))]), columns);

    public object?[] Cast(ColumnVector column, DataType type) =>
        Evaluate(new CastExpression(Ref(0, column.Type), type), column);

    public object?[] Evaluate(BoundExpression expression, params ColumnVector[] columns)
    {
        using var evaluator = new ExpressionEvaluator(expression, Context);
        var batch = BatchOf(columns);
        var result = evaluator.Evaluate(batch);
        Assert.Equal(expression.Type, result.Type);
        Assert.Equal(batch.RowCount, result.RowCount);
        return Read(result);
    }

    /// <summary>One value of a function of constants, given as text of a type.</summary>
    public object? One(string name, params (DataType Type, object? Value)[] arguments) =>
        Apply(name, [.. arguments.Select(a => Column(a.Type, a.Value))])[0];

    public object?[] Read(ColumnVector column)
    {
        var values = new object?[column.RowCount];
        for (var i = 0; i < values.Length; i++)
        {
            if (column.IsNull(i))
            {
                continue;
            }

            var constant = ConstantColumns.Read(column, i, Context.Symbols);
            values[i] = constant.Type.Kind switch
            {
                TypeKind.Varchar or TypeKind.Symbol => constant.Text,
                TypeKind.Boolean => constant.Integer != 0,
                TypeKind.Interval => constant.Interval,
                TypeKind.Real or TypeKind.Double => constant.Real,
                _ => constant.Integer,
            };
        }

        return values;
    }

    public static ErrorCode Fails(Action action) => Assert.Throws<TickStoreException>(action).Code;

    public void Dispose()
    {
        foreach (var item in owned)
        {
            item.Dispose();
        }

        // Every vector that an evaluator or state took has come back.
        Assert.Equal(0, Pool.LeaseCount);
    }
}
