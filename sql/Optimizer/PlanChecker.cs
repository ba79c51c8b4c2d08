using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;

namespace TickStore.Sql.Optimizer;

/// <summary>Refuses a plan that is not well-formed: a defect of the binder or of a pass, never of the query.</summary>
internal static class PlanChecker
{
    /// <summary>
    /// The plan itself, if every column that is read exists and has the type that its reader expects.
    /// </summary>
    public static PlanNode Run(PlanNode plan)
    {
        foreach (var input in plan.Inputs)
            Run(input);
        PlanExpressions.Map(
            plan,
            plan.Inputs,
            (expression, input) =>
            {
                var schema = input switch
                {
                    2 => plan.Schema,
                    3 => JoinNode.Combine(plan.Inputs[0].Schema, plan.Inputs[1].Schema, JoinKind.Inner),
                    _ => plan.Inputs[input].Schema,
                };
                ExpressionTree.Visit(expression, e => Check(plan, e, schema));
                return expression;
            }
        );
        return plan;
    }

    private static void Check(PlanNode node, BoundExpression expression, BatchSchema schema)
    {
        switch (expression)
        {
            case UntypedText
            or UntypedNull
            or StructExpression
            or AggregateReference
            or WindowReference
            or FactorReference:
                Throw.Error(ErrorCode.Internal, $"{node.Name}: {expression.GetType().Name} was left in the plan");
                break;
            case ColumnExpression column when (uint)column.Index >= (uint)schema.ColumnCount:
                Throw.Error(
                    ErrorCode.Internal,
                    $"{node.Name}: column {column.Name} has index {column.Index} of {schema.ColumnCount}"
                );
                break;
            case ColumnExpression column when schema[column.Index].Type != column.Type:
                Throw.Error(
                    ErrorCode.Internal,
                    $"{node.Name}: column {column.Name} is {schema[column.Index].Type}, not {column.Type}"
                );
                break;
            case CallExpression call:
                for (var i = 0; i < call.Arguments.Count; i++)
                {
                    if (call.Arguments[i].Type != call.Function.ArgumentTypes[i])
                    {
                        Throw.Error(
                            ErrorCode.Internal,
                            $"{node.Name}: argument {i + 1} of {call} is {call.Arguments[i].Type}"
                        );
                    }
                }

                break;
        }
    }
}
