using Antlr4.Runtime;
using TickStore.Sql.Syntax.Generated;
using G = TickStore.Sql.Syntax.Generated.TickSqlParser;

namespace TickStore.Sql.Syntax;

/// <content>Expressions.</content>
internal sealed partial class AstBuilder
{
    /// <summary>Chains of an associative operator are balanced past this many operands.</summary>
    private const int LeftDeepMax = 64;

    private Expression? Optional(G.ExprContext? context) => context is null ? null : Expr(context);

    private Expression[] Exprs(IList<G.ExprContext> contexts)
    {
        var result = new Expression[contexts.Count];
        for (var i = 0; i < result.Length; i++)
            result[i] = Expr(contexts[i]);
        return result;
    }

    private Expression Expr(G.ExprContext context)
    {
        Descend(context);
        var result = context switch
        {
            G.TestExprContext c => Test(c.isTest()),
            G.NotExprContext c => new UnaryExpression(Span(c), UnaryOperator.Not, Expr(c.expr())),
            G.AndExprContext => Chain(context, static e => (e as G.AndExprContext)?.expr(), Expr, BinaryOperator.And),
            G.OrExprContext => Chain(context, static e => (e as G.OrExprContext)?.expr(), Expr, BinaryOperator.Or),
            _ => throw Unreachable(context),
        };
        depth--;
        return result;
    }

    /// <summary>
    /// Walks down the left spine of one operator without recursion, so that a thousand ORs cost no stack here, and
    /// thanks to the balancing none later either.
    /// </summary>
    private static Expression Chain<T>(T top, Func<T, T[]?> split, Func<T, Expression> convert, BinaryOperator op)
        where T : ParserRuleContext
    {
        var operands = new List<T>();
        var rest = top;
        while (split(rest) is { } sides)
        {
            operands.Add(sides[1]);
            rest = sides[0];
        }

        operands.Add(rest);
        operands.Reverse();
        var items = operands.ConvertAll(operand => convert(operand)).ToArray();
        return Balance(items, 0, items.Length, (left, right) => Binary(op, left, right));
    }

    private static T Balance<T>(T[] items, int start, int count, Func<T, T, T> combine)
    {
        if (count > LeftDeepMax)
        {
            var half = count / 2;
            return combine(Balance(items, start, half, combine), Balance(items, start + half, count - half, combine));
        }

        var result = items[start];
        for (var i = 1; i < count; i++)
            result = combine(result, items[start + i]);
        return result;
    }

    private static BinaryExpression Binary(BinaryOperator op, Expression left, Expression right) =>
        new(SourceSpan.Cover(left.Span, right.Span), op, left, right);

    private Expression Test(G.IsTestContext context)
    {
        var result = Comparison(context.comparison());
        var suffixes = context.isSuffix();
        if (suffixes.Length > SqlParser.NestingMax)
            throw SqlParser.TooDeep(sql, Span(suffixes[^1]));
        foreach (var suffix in suffixes)
        {
            var span = SourceSpan.Cover(result.Span, Span(suffix));
            var negated = suffix.NOT() is not null || suffix.NOTNULL() is not null;
            if (suffix.comparison() is { } other)
            {
                var op = negated ? BinaryOperator.IsNotDistinctFrom : BinaryOperator.IsDistinctFrom;
                result = new BinaryExpression(span, op, result, Comparison(other));
                continue;
            }

            var test =
                suffix.TRUE() is not null ? IsTest.True
                : suffix.FALSE() is not null ? IsTest.False
                : suffix.UNKNOWN() is not null ? IsTest.Unknown
                : IsTest.Null;
            result = new IsExpression(span, result, test, negated);
        }

        return result;
    }

    private Expression Comparison(G.ComparisonContext context)
    {
        var sides = context.range();
        if (sides.Length == 1)
            return Range(sides[0]);
        var operators = context.comparisonOperator();
        if (operators.Length > 1)
            throw Error(operators[1], "comparisons do not chain; write a < b AND b < c, or add parentheses");
        var op = operators[0].Start.Type switch
        {
            TickSqlLexer.EQ => BinaryOperator.Equal,
            TickSqlLexer.NEQ => BinaryOperator.NotEqual,
            TickSqlLexer.LT => BinaryOperator.Less,
            TickSqlLexer.LTE => BinaryOperator.LessOrEqual,
            TickSqlLexer.GT => BinaryOperator.Greater,
            TickSqlLexer.GTE => BinaryOperator.GreaterOrEqual,
            _ => throw Unreachable(operators[0]),
        };
        return Binary(op, Range(sides[0]), Range(sides[1]));
    }

    private Expression Range(G.RangeContext context)
    {
        var operand = Value(context.value());
        var span = Span(context);
        return context.rangeSuffix() switch
        {
            null => operand,
            G.BetweenSuffixContext c => new BetweenExpression(
                span,
                operand,
                Value(c.low),
                Value(c.high),
                c.NOT() is not null
            ),
            G.InSuffixContext c when c.query() is { } query => new InQueryExpression(
                span,
                operand,
                Query(query),
                c.NOT() is not null
            ),
            G.InSuffixContext c => new InListExpression(span, operand, Exprs(c.expr()), c.NOT() is not null),
            G.LikeSuffixContext c => new LikeExpression(
                span,
                operand,
                Value(c.pattern),
                c.escape is null ? null : Value(c.escape),
                c.ILIKE() is not null,
                c.NOT() is not null
            ),
            var other => throw Unreachable(other),
        };
    }

    private Expression Value(G.ValueContext context)
    {
        Descend(context);
        var span = Span(context);
        var result = context switch
        {
            G.PrimaryValueContext c => Primary(c.primary()),
            G.FieldValueContext c => Field(c),
            G.ExpandValueContext c => throw Error(
                c.STAR().Symbol,
                "a star stands for several columns; it is allowed only as an entry of the select list"
            ),
            G.CastValueContext c => new CastExpression(span, Value(c.value()), Type(c.typeName())),
            G.SubscriptValueContext c => new Subscript(span, Value(c.value()), Expr(c.expr())),
            G.SignValueContext c => Sign(c),
            G.ZoneValueContext c => Call(span, c.AT().Symbol, "at_time_zone", Value(c.value(0)), Value(c.value(1))),
            G.BinaryValueContext { op.Type: TickSqlLexer.CONCAT } => Chain(
                context,
                static v => v is G.BinaryValueContext { op.Type: TickSqlLexer.CONCAT } concat ? concat.value() : null,
                Value,
                BinaryOperator.Concat
            ),
            G.BinaryValueContext c => Binary(Arithmetic(c), Value(c.value(0)), Value(c.value(1))),
            _ => throw Unreachable(context),
        };
        depth--;
        return result;
    }

    private static BinaryOperator Arithmetic(G.BinaryValueContext context) =>
        context.op.Type switch
        {
            TickSqlLexer.PLUS => BinaryOperator.Add,
            TickSqlLexer.MINUS => BinaryOperator.Subtract,
            TickSqlLexer.STAR => BinaryOperator.Multiply,
            TickSqlLexer.SLASH => BinaryOperator.Divide,
            TickSqlLexer.PERCENT => BinaryOperator.Modulo,
            TickSqlLexer.CARET => BinaryOperator.Power,
            _ => throw Unreachable(context),
        };

    private Expression Field(G.FieldValueContext context)
    {
        var operand = Value(context.value());
        var field = Name(context.identifier());
        // Only a bare dotted name is one reference; (b).open is the field of a value.
        var bare =
            context.value() is G.FieldValueContext
            || (context.value() is G.PrimaryValueContext inner && inner.primary() is G.ColumnPrimaryContext);
        return bare && operand is ColumnReference column
            ? new ColumnReference(Span(context), [.. column.Parts, field])
            : new FieldAccess(Span(context), operand, field);
    }

    private Expression Sign(G.SignValueContext context)
    {
        var operand = Value(context.value());
        if (context.op.Type == TickSqlLexer.PLUS)
            return new UnaryExpression(Span(context), UnaryOperator.Plus, operand);
        return operand is NumberLiteral number && number.Text[0] != '-'
            ? number with
            {
                Span = Span(context),
                Text = "-" + number.Text,
            }
            : new UnaryExpression(Span(context), UnaryOperator.Minus, operand);
    }

    private void Descend(ParserRuleContext context)
    {
        if (++depth > DepthMax || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw SqlParser.TooDeep(sql, Span(context));
    }

    /// <summary>
    /// The value that an expression consists of, or null where an operator of the upper levels is in it.
    /// </summary>
    private static G.ValueContext? Unwrap(G.ExprContext context)
    {
        if (context is not G.TestExprContext test || test.isTest().ChildCount != 1)
            return null;
        var comparison = test.isTest().comparison();
        if (comparison.ChildCount != 1)
            return null;
        var range = comparison.range(0);
        return range.ChildCount == 1 ? range.value() : null;
    }
}
