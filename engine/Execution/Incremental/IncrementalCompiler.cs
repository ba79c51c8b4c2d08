using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Finds the incremental form of each node of a keyed plan. One line for each operator: this is the list of them.
/// </summary>
public static class IncrementalCompiler
{
    /// <summary>
    /// Makes the operators of a plan, inputs before those that they feed; the last one is the plan's root.
    /// </summary>
    /// <param name="plan">The plan of a <see cref="KeyedPlan"/>, optimized or not.</param>
    /// <param name="context">What the operators share.</param>
    /// <param name="operators">Takes the operators; the caller disposes of them.</param>
    public static IncrementalOperator Compile(
        PlanNode plan,
        CircuitContext context,
        List<IncrementalOperator> operators
    )
    {
        var made = Make(plan, context, operators);
        operators.Add(made);
        return made;
    }

    private static IncrementalOperator Make(PlanNode plan, CircuitContext context, List<IncrementalOperator> operators)
    {
        switch (plan)
        {
            case ScanNode scan:
                return new IncrementalScan(scan, context);
            case KeyedScanNode keyed:
                return new IncrementalKeyedScan(keyed, context);
            case FilterNode filter when TopPerKey.Of(filter) is { } top:
            {
                var input = WithOld(Compile(top.Window.Inputs[0], context, operators), context, operators);
                return Connect(new IncrementalTopPerKey(filter, top, input, context), input);
            }
            case FilterNode filter:
            {
                var input =
                    filter.Inputs[0] is ProjectNode flags && WatermarkSplit.IsFlags(flags)
                        ? CompileFlags(flags, filter.Predicate, context, operators)
                        : Compile(filter.Inputs[0], context, operators);
                return Connect(new IncrementalFilter(filter, input, context), input);
            }
            case ProjectNode flags when WatermarkSplit.IsFlags(flags):
                return MakeFlags(flags, gate: null, context, operators);
            case ProjectNode project:
            {
                var input = Compile(project.Inputs[0], context, operators);
                input.WantOnly(ColumnReads.Of(project.Expressions, input.Schema.ColumnCount));
                return Connect(new IncrementalProject(project, input, context), input);
            }
            case ContextNode rows:
            {
                var input = WithOld(Compile(rows.Inputs[0], context, operators), context, operators);
                return Connect(new IncrementalContext(rows, input, context), input);
            }
            case AggregateNode aggregate:
            {
                var input = WithOld(Compile(aggregate.Inputs[0], context, operators), context, operators);
                return Connect(new IncrementalAggregate(aggregate, input, context), input);
            }
            case WindowNode window:
            {
                var input = WithOld(Compile(window.Inputs[0], context, operators), context, operators);
                return Connect(new IncrementalCrossSection(window, input, context), input);
            }
            case AlertNode alert:
            {
                var input = WithOld(Compile(alert.Inputs[0], context, operators), context, operators);
                return Connect(new IncrementalAlert(alert, context), input);
            }
            case IndexNode index:
            {
                IncrementalOperator[] inputs = [.. index.Inputs.Select(i => Compile(i, context, operators))];
                return Connect(new IncrementalIndex(index, inputs, context), inputs);
            }
            case UnionAllNode union:
            {
                var inputs = new IncrementalOperator[union.Inputs.Count];
                for (var i = 0; i < inputs.Length; i++)
                {
                    inputs[i] = Compile(union.Inputs[i], context, operators);
                }

                return Connect(new IncrementalUnionAll(union, inputs), inputs);
            }
            case AsofJoinNode or WindowJoinNode or JoinNode:
            {
                var left = Compile(plan.Inputs[0], context, operators);
                var right = Compile(plan.Inputs[1], context, operators);
                return Connect(MakeJoin(plan, left, right, context), left, right);
            }
            default:
                return Throw.Error<IncrementalOperator>(
                    ErrorCode.NotSupported,
                    $"{plan.Name} ({plan.Details}) cannot be kept up incrementally"
                );
        }
    }

    private static IncrementalWatermarks CompileFlags(
        ProjectNode flags,
        BoundExpression gate,
        CircuitContext context,
        List<IncrementalOperator> operators
    )
    {
        var made = MakeFlags(flags, gate, context, operators);
        operators.Add(made);
        return made;
    }

    private static IncrementalWatermarks MakeFlags(
        ProjectNode flags,
        BoundExpression? gate,
        CircuitContext context,
        List<IncrementalOperator> operators
    )
    {
        var input = Compile(flags.Inputs[0], context, operators);
        var made = new IncrementalWatermarks(flags, input, context, gate);
        input.ConnectTo(made, 0);
        return made;
    }

    /// <summary>
    /// An input whose changes say what rows were before: itself if it does or never takes a row back, else a store of its rows behind it.
    /// </summary>
    public static IncrementalOperator WithOld(
        IncrementalOperator input,
        CircuitContext context,
        List<IncrementalOperator> operators
    )
    {
        if (input.CarriesOld || input.IsAppendOnly)
        {
            return input;
        }

        var stored = new StoredRows(input, context);
        operators.Add(stored);
        return Connect(stored, input);
    }

    private static StreamJoin MakeJoin(
        PlanNode plan,
        IncrementalOperator left,
        IncrementalOperator right,
        CircuitContext context
    ) =>
        plan switch
        {
            AsofJoinNode asof => new IncrementalAsofJoin(asof, left, right, context),
            WindowJoinNode window => new IncrementalWindowJoin(window, left, right, context),
            _ => new IncrementalTimeJoin((JoinNode)plan, left, right, context),
        };

    private static IncrementalOperator Connect(
        IncrementalOperator made,
        params ReadOnlySpan<IncrementalOperator> inputs
    )
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i].ConnectTo(made, i);
        }

        return made;
    }
}
