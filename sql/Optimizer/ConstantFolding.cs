using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Computes what does not depend on rows, compares columns in their own types, and makes one set of several equalities
/// on a column.
/// </summary>
internal sealed class ConstantFolding(IBindingCatalog catalog)
{
    private static readonly string[] Comparisons = ["=", "<>", "<", "<=", ">", ">="];

    private readonly ConstantEvaluator constants = new(catalog);

    public PlanNode Run(PlanNode plan) =>
        PlanExpressions.Map(plan, [.. plan.Inputs.Select(Run)], (expression, _) => Fold(expression));

    private BoundExpression Fold(BoundExpression expression) =>
        ExpressionTree.Rewrite(
            expression,
            e =>
            {
                if (e is ConstantExpression or ColumnExpression)
                    return e;
                if (ConstantEvaluator.IsConstant(e))
                    return TryEvaluate(e);
                return e switch
                {
                    CallExpression { Arguments.Count: 2 } call when Comparisons.Contains(call.Function.Function.Name) =>
                        InOwnType(call with { Arguments = [.. call.Arguments.Select(Fold)] }),
                    InListExpression inList => InOwnType(inList with { Operand = Fold(inList.Operand) }),
                    LogicalExpression logical => Flatten(
                        logical with
                        {
                            Operands = [.. logical.Operands.Select(Fold)],
                        }
                    ),
                    _ => null,
                };
            }
        );

    // What fails stays as it is: perhaps no row ever gets there.
    private BoundExpression TryEvaluate(BoundExpression expression)
    {
        if (expression.Type.Kind == TypeKind.Symbol)
            return expression;
        try
        {
            return new ConstantExpression(constants.Evaluate(expression));
        }
        catch (TickStoreException)
        {
            return expression;
        }
    }

    // column::wider = constant becomes column = constant where the constant has an exact value in the column's type.
    private static CallExpression InOwnType(CallExpression call)
    {
        var isColumnLeft = call.Arguments[0] is CastExpression;
        var (cast, other) = isColumnLeft
            ? (call.Arguments[0], call.Arguments[1])
            : (call.Arguments[1], call.Arguments[0]);
        if (
            cast is not CastExpression { Operand: ColumnExpression column } outer
            || other is not ConstantExpression constant
            || !ConstantConversion.IsLossless(column.Type, outer.Type)
            || ConstantConversion.Exactly(constant.Value, column.Type) is not { } value
        )
        {
            return call;
        }

        var overload = call.Function.Function.Resolve([column.Type, column.Type])!;
        var moved = new ConstantExpression(value);
        return new CallExpression(overload, isColumnLeft ? [column, moved] : [moved, column], call.Nullable);
    }

    // A member that the column's type cannot hold equals none of its values, and may go; NULL may not.
    private static InListExpression InOwnType(InListExpression inList)
    {
        if (
            inList.Operand is not CastExpression { Operand: ColumnExpression column } cast
            || !ConstantConversion.IsLossless(column.Type, cast.Type)
        )
        {
            return inList;
        }

        var members = new List<ConstantValue>();
        foreach (var member in inList.Members)
        {
            if (member.IsNull)
                members.Add(ConstantValue.Null(column.Type));
            else if (ConstantConversion.Exactly(member, column.Type) is { } value)
                members.Add(value);
        }

        return members.Count == 0 ? inList : inList with { Operand = column, Members = members };
    }

    private BoundExpression Flatten(LogicalExpression logical)
    {
        if (logical.IsAnd)
            return logical;
        var rest = new List<BoundExpression>();
        var sets = new List<(ColumnExpression Column, List<ConstantValue> Members)>();
        foreach (var operand in logical.Operands)
        {
            if (Equality(operand) is not { } equality)
            {
                rest.Add(operand);
                continue;
            }

            var at = sets.FindIndex(s => s.Column.Equals(equality.Column));
            if (at < 0)
                sets.Add((equality.Column, [equality.Value]));
            else
                sets[at].Members.Add(equality.Value);
        }

        // Only where all of the OR is one set: then a scan can take it.
        if (rest.Count == 0 && sets.Count == 1)
        {
            return new InListExpression(sets[0].Column, sets[0].Members, false);
        }

        return logical;
    }

    private (ColumnExpression Column, ConstantValue Value)? Equality(BoundExpression expression)
    {
        if (
            expression is not CallExpression { Function.Function.Name: "=" } call
            || call.Arguments is not [ColumnExpression column, ConstantExpression constant]
            || constant.Value.IsNull
        )
        {
            return null;
        }

        if (constant.Type == column.Type)
            return (column, constant.Value);
        return column.Type.Kind == TypeKind.Symbol && constant.Type.Kind == TypeKind.Varchar
            ? (column, ConstantEvaluator.SymbolOf(constant.Value.Text!, catalog.Symbols))
            : null;
    }
}
