using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>Operators and the forms that come down to them.</summary>
internal sealed partial class ExpressionBinder
{
    private BoundExpression Unary(UnaryExpression unary)
    {
        if (unary.Operator == UnaryOperator.Not)
            return new NotExpression(Condition(unary.Operand, "NOT"));
        var operand = Bind(unary.Operand);
        return unary.Operator == UnaryOperator.Minus ? Apply("-", [operand], unary)
            : operand.Type.IsNumeric || operand.Type == DataType.Interval ? operand
            : throw session.Error(ErrorCode.TypeMismatch, unary, $"+ takes a number, not {operand.Type}");
    }

    private BoundExpression Binary(BinaryExpression binary)
    {
        if (binary.Operator is BinaryOperator.And or BinaryOperator.Or)
        {
            var isAnd = binary.Operator == BinaryOperator.And;
            var operands = new List<BoundExpression>();
            foreach (var side in (Expression[])[binary.Left, binary.Right])
            {
                // Chains become one node with many operands.
                var bound = Condition(side, isAnd ? "AND" : "OR");
                if (bound is LogicalExpression nested && nested.IsAnd == isAnd)
                    operands.AddRange(nested.Operands);
                else
                    operands.Add(bound);
            }

            return new LogicalExpression(isAnd, operands, operands.Any(o => o.Nullable));
        }

        return Apply(NameOf(binary.Operator), [BindOpen(binary.Left), BindOpen(binary.Right)], binary);
    }

    private static string NameOf(BinaryOperator op) =>
        op switch
        {
            BinaryOperator.Add => "+",
            BinaryOperator.Subtract => "-",
            BinaryOperator.Multiply => "*",
            BinaryOperator.Divide => "/",
            BinaryOperator.Modulo => "%",
            BinaryOperator.Power => "^",
            BinaryOperator.Concat => "||",
            BinaryOperator.Equal => "=",
            BinaryOperator.NotEqual => "<>",
            BinaryOperator.Less => "<",
            BinaryOperator.LessOrEqual => "<=",
            BinaryOperator.Greater => ">",
            BinaryOperator.GreaterOrEqual => ">=",
            BinaryOperator.IsDistinctFrom => "is distinct from",
            BinaryOperator.IsNotDistinctFrom => "is not distinct from",
            BinaryOperator.And => "AND",
            BinaryOperator.Or => "OR",
        };

    /// <summary>A BOOLEAN, as WHERE, AND, CASE and their like take it.</summary>
    public BoundExpression Condition(Expression expression, string what) => BindAs(expression, DataType.Boolean, what);

    private BoundExpression Is(IsExpression test)
    {
        if (test.Test is IsTest.Null or IsTest.Unknown)
        {
            var operand = test.Test == IsTest.Null ? Bind(test.Operand) : Condition(test.Operand, "IS UNKNOWN");
            return operand is StructExpression
                ? throw session.Error(ErrorCode.TypeMismatch, test, "IS NULL takes a field of a struct, not the struct")
                : new IsNullExpression(operand, test.Negated);
        }

        var wanted = new ConstantExpression(ConstantValue.Of(test.Test == IsTest.True));
        var name = test.Negated ? "is distinct from" : "is not distinct from";
        return Apply(name, [Condition(test.Operand, "IS"), wanted], test);
    }

    private BoundExpression Between(BetweenExpression between)
    {
        var operand = BindOpen(between.Operand);
        BoundExpression[] bounds =
        [
            Apply(">=", [operand, BindOpen(between.Low)], between),
            Apply("<=", [operand, BindOpen(between.High)], between),
        ];
        var within = new LogicalExpression(true, bounds, bounds.Any(b => b.Nullable));
        return between.Negated ? new NotExpression(within) : within;
    }

    private BoundExpression InList(Syntax.InListExpression list) =>
        Membership(BindOpen(list.Operand), [.. list.Items.Select(BindOpen)], list.Negated, list.Span);

    /// <summary>IN: a set where all members are constants of the operand's type, else a chain of equalities.</summary>
    private BoundExpression Membership(
        BoundExpression operand,
        IReadOnlyList<BoundExpression> items,
        bool negated,
        SourceSpan span
    )
    {
        if (operand is StructExpression)
        {
            throw session.Error(ErrorCode.TypeMismatch, span, "IN takes a value, not a struct");
        }

        var open = operand is UntypedText or UntypedNull ? items : [operand];
        var type = Coercion.Common(session, open, span, "the members of IN");
        operand = Coercion.To(session, operand, type, span);
        var members = new List<ConstantValue>();
        foreach (var item in items)
        {
            if (Member(item, type, span) is not { } member)
                return Equalities(operand, items, negated, span);
            members.Add(member);
        }

        return new Execution.InListExpression(operand, members, negated);
    }

    // The item as a constant of exactly the type; null where it is none, or where its own type is wider.
    private ConstantValue? Member(BoundExpression item, DataType type, SourceSpan span)
    {
        if (type.IsArray || !ConstantEvaluator.IsConstant(item))
            return null;
        if (
            type.Kind == TypeKind.Symbol
            && item is ConstantExpression { Value: { Type.Kind: TypeKind.Varchar, IsNull: false } text }
        )
        {
            return ConstantEvaluator.SymbolOf(text.Text!, session.Catalog.Symbols);
        }

        if (item is UntypedText or UntypedNull || item.Type == type || TypeRules.CanCastImplicitly(item.Type, type))
        {
            return ((ConstantExpression)Fold(Coercion.To(session, item, type, span), span)).Value;
        }

        return item is ConstantExpression constant ? ConstantConversion.Exactly(constant.Value, type) : null;
    }

    private BoundExpression Equalities(
        BoundExpression operand,
        IReadOnlyList<BoundExpression> items,
        bool negated,
        SourceSpan span
    )
    {
        var equalities = items.Select(item => Resolve("=", [operand, item], span)).ToArray();
        var any =
            equalities.Length == 1
                ? equalities[0]
                : new LogicalExpression(false, equalities, equalities.Any(e => e.Nullable));
        return negated ? new NotExpression(any) : any;
    }

    private BoundExpression Like(LikeExpression like)
    {
        if (like.Escape is not null and not StringLiteral { Value: "\\" })
        {
            throw session.Error(ErrorCode.NotSupported, like.Escape, "only the backslash escapes in LIKE");
        }

        var match = Apply(like.IgnoreCase ? "ilike" : "like", [BindOpen(like.Operand), BindOpen(like.Pattern)], like);
        return like.Negated ? new NotExpression(match) : match;
    }

    private Execution.CaseExpression Case(Syntax.CaseExpression syntax)
    {
        var operand = syntax.Operand is null ? null : BindOpen(syntax.Operand);
        var conditions = syntax
            .Branches.Select(b =>
                operand is null
                    ? Condition(b.Condition, "WHEN")
                    : Apply("=", [operand, BindOpen(b.Condition)], b.Condition)
            )
            .ToArray();
        var results = syntax.Branches.Select(b => BindOpen(b.Result)).ToList();
        results.Add(syntax.Otherwise is null ? new UntypedNull() : BindOpen(syntax.Otherwise));
        if (results.Any(r => r is StructExpression))
        {
            throw session.Error(ErrorCode.TypeMismatch, syntax, "CASE cannot give a struct");
        }

        var type = Coercion.Common(session, results, syntax.Span, "the results of CASE");
        if (type == DataType.Symbol && results.Any(static r => r is UntypedText))
            type = DataType.Varchar;
        var typed = results.Select(r => Coercion.To(session, r, type, syntax.Span)).ToArray();
        return new Execution.CaseExpression(
            [.. conditions.Select((c, i) => (c, typed[i]))],
            typed[^1],
            type,
            typed.Any(r => r.Nullable)
        );
    }

    private BoundExpression Apply(string name, IReadOnlyList<BoundExpression> arguments, SyntaxNode at) =>
        session.Mark(Resolve(name, arguments, at.Span), at.Span);

    /// <summary>
    /// A call of a scalar function or operator: finds the overload and casts the arguments to its types.
    /// </summary>
    public BoundExpression Resolve(string name, IReadOnlyList<BoundExpression> arguments, SourceSpan span)
    {
        if (!FunctionRegistry.Scalars.TryGetValue(name, out var function))
        {
            throw session.Error(
                ErrorCode.UnknownName,
                span,
                $"there is no function \"{name}\"{NearestName.Hint(name, FunctionNames())}"
            );
        }

        if (arguments.FirstOrDefault(a => a is StructExpression) is { } whole)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                session.SpanOf(whole, span),
                $"{name} takes values, not a struct; name one of its fields"
            );
        }

        var types = arguments.Select(Coercion.TypeOf).ToArray();
        if (function.Resolve(types) is not { } overload)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                span,
                $"{Show(name, arguments)} does not exist: {function.Summary.TrimEnd('.')}; for example "
                    + $"{function.Example}"
            );
        }

        if (overload.ReturnType == DataType.Symbol && arguments.Any(static a => a is UntypedText))
        {
            // The result may be the literal, which need not be a symbol of the database: coalesce(sym, 'none') is a text.
            return Resolve(name, [.. arguments.Select(Coercion.Settle)], span);
        }

        var typed = arguments.Select((a, i) => Coercion.To(session, a, overload.ArgumentTypes[i], span)).ToArray();
        var isOperator = !char.IsLetter(name[0]);
        return new CallExpression(overload, typed, !isOperator || typed.Any(a => a.Nullable));
    }

    private static string Show(string name, IReadOnlyList<BoundExpression> arguments)
    {
        var types = arguments
            .Select(a => Coercion.TypeOf(a)?.ToString() ?? (a is UntypedNull ? "NULL" : "text"))
            .ToArray();
        return types.Length == 2 && !char.IsLetter(name[0])
            ? $"{types[0]} {name} {types[1]}"
            : $"{name}({string.Join(", ", types)})";
    }

    private BoundExpression Fold(BoundExpression expression, SourceSpan span) =>
        expression is ConstantExpression
            ? expression
            : session.Pointing(span, () => new ConstantExpression(session.Constants.Evaluate(expression)));
}
