using System.Linq.Expressions;

namespace TickStore.Engine.Appending;

/// <summary>Compiles <c>for (i = 0; i &lt; count; i++) target[i] = value(rows[i])</c>.</summary>
internal static class RowLoop
{
    /// <summary>A boolean expression as the byte 1 or 0.</summary>
    public static Expression Flag(Expression value) =>
        Expression.Condition(value, Expression.Constant((byte)1), Expression.Constant((byte)0));

    public static Action<TRow[], int, TValue[]> Compile<TRow, TValue>(Func<Expression, Expression> value)
    {
        var rows = Expression.Parameter(typeof(TRow[]), "rows");
        var count = Expression.Parameter(typeof(int), "count");
        var target = Expression.Parameter(typeof(TValue[]), "target");
        var i = Expression.Variable(typeof(int), "i");
        var done = Expression.Label("done");
        var step = Expression.Block(
            Expression.Assign(Expression.ArrayAccess(target, i), value(Expression.ArrayAccess(rows, i))),
            Expression.PreIncrementAssign(i)
        );
        var loop = Expression.Loop(
            Expression.IfThenElse(Expression.LessThan(i, count), step, Expression.Break(done)),
            done
        );
        var body = Expression.Block([i], Expression.Assign(i, Expression.Constant(0)), loop);
        return Expression.Lambda<Action<TRow[], int, TValue[]>>(body, rows, count, target).Compile();
    }
}
