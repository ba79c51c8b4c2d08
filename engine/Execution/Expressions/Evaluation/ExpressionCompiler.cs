using TickStore.Core;

namespace TickStore.Execution;

/// <summary>
/// Turns a bound expression into nodes. Equal subexpressions that see the same rows become one node, which computes once a
/// batch; operands of AND and OR and branches of CASE that see fewer rows are scopes of their own.
/// </summary>
internal sealed class ExpressionCompiler(EvaluationContext context) : IDisposable
{
    private readonly List<EvaluatorNode> nodes = [];

    /// <summary>Compiles an expression over a batch.</summary>
    public EvaluatorNode CompileScope(BoundExpression expression)
    {
        var scope = new Scope();
        return new ScopeNode(Compile(expression, scope), scope);
    }

    /// <summary>False where no row can make the expression throw.</summary>
    public static bool CanFail(BoundExpression expression) =>
        expression switch
        {
            CallExpression call => call.Function.Function.CanFail || call.Arguments.Any(CanFail),
            CastExpression cast => CastKernels.CanFail(cast.Operand.Type, cast.Type) || CanFail(cast.Operand),
            _ => BoundChildren.Of(expression).Any(CanFail),
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var node in nodes)
        {
            node.Dispose();
        }

        nodes.Clear();
    }

    /// <summary>Adds the columns that an expression is made of.</summary>
    public static void CollectColumns(BoundExpression expression, SortedSet<int> columns)
    {
        if (expression is ColumnExpression column)
        {
            columns.Add(column.Index);
        }

        foreach (var operand in BoundChildren.Of(expression))
        {
            CollectColumns(operand, columns);
        }
    }

    private EvaluatorNode Compile(BoundExpression expression, Scope scope)
    {
        if (expression is ColumnExpression column)
        {
            return new ColumnNode(column.Index);
        }

        if (scope.Nodes.TryGetValue(expression, out var known))
        {
            return known;
        }

        var created = Create(expression, scope);
        nodes.Add(created);
        var node = created is ConstantNode ? created : new SharedNode(created, scope);
        scope.Nodes.Add(expression, node);
        return node;
    }

    private EvaluatorNode Create(BoundExpression expression, Scope scope) =>
        expression switch
        {
            ConstantExpression constant => new ConstantNode(constant.Value, context),
            WatermarkExpression watermark => new ConstantNode(
                ConstantValue.Of(DataType.Timestamp, context.Watermarks?.Invoke(watermark.Table) ?? long.MinValue),
                context
            ),
            CallExpression call => new CallNode(
                call.Function.Kernel,
                call.Function.Function.IsStrict,
                call.Type,
                [.. call.Arguments.Select(a => Compile(a, scope))],
                context
            ),
            CastExpression cast => CreateCast(cast, scope),
            LogicalExpression logical => new LogicalNode(
                logical.IsAnd,
                [.. logical.Operands.Select((o, i) => CreateOperand(o, i, scope))],
                context
            ),
            NotExpression not => new NotNode(Compile(not.Operand, scope), context),
            IsNullExpression isNull => new IsNullNode(Compile(isNull.Operand, scope), isNull.Negated, context),
            InListExpression list => InListNode.Create(list, Compile(list.Operand, scope), context),
            SubscriptExpression subscript => new SubscriptNode(
                Compile(subscript.Array, scope),
                Compile(subscript.Level, scope),
                subscript.Level
                    is ConstantExpression
                    {
                        Value: { IsNull: false, Integer: <= int.MaxValue and >= int.MinValue } value
                    }
                    ? (int)value.Integer
                    : null,
                subscript.Type,
                context
            ),
            CaseExpression choice => CreateCase(choice),
            _ => Throw.Error<EvaluatorNode>(ErrorCode.Internal, $"No evaluator for {expression.GetType().Name}"),
        };

    private CallNode CreateCast(CastExpression cast, Scope scope)
    {
        var kernel = CastKernels.Find(cast.Operand.Type, cast.Type);
        if (kernel is null)
        {
            Throw.Error(ErrorCode.TypeMismatch, $"{cast.Operand.Type} cannot be cast to {cast.Type}");
        }

        return new CallNode(kernel!, isStrict: true, cast.Type, [Compile(cast.Operand, scope)], context);
    }

    private LogicalOperand CreateOperand(BoundExpression operand, int index, Scope scope) =>
        index > 0 && CanFail(operand)
            ? new(CompileScope(operand), Subset(operand))
            : new(Compile(operand, scope), null);

    private CaseNode CreateCase(CaseExpression choice)
    {
        var branches = choice.Branches.Select(b => new CaseBranch(
            CompileScope(b.Condition),
            Subset(b.Condition),
            CompileScope(b.Result),
            Subset(b.Result)
        ));
        var last = new CaseBranch(null, null, CompileScope(choice.Else), Subset(choice.Else));
        return new CaseNode([.. branches, last], choice.Type, context);
    }

    private RowSubset Subset(BoundExpression expression)
    {
        var columns = new SortedSet<int>();
        CollectColumns(expression, columns);
        return new RowSubset([.. columns], context);
    }

    private sealed class Scope
    {
        public Dictionary<BoundExpression, EvaluatorNode> Nodes { get; } = [];

        /// <summary>Counts the batches that the scope has seen.</summary>
        public long Epoch { get; set; }
    }

    private sealed class ScopeNode(EvaluatorNode root, Scope scope) : EvaluatorNode
    {
        public override ColumnVector Evaluate(Batch input)
        {
            scope.Epoch++;
            return root.Evaluate(input);
        }
    }

    private sealed class SharedNode(EvaluatorNode node, Scope scope) : EvaluatorNode
    {
        private long epoch;
        private ColumnVector? result;

        public override ColumnVector Evaluate(Batch input)
        {
            if (epoch != scope.Epoch || result is null)
            {
                result = node.Evaluate(input);
                epoch = scope.Epoch;
            }

            return result;
        }
    }
}
