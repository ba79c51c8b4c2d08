// Prints a syntax tree as a compact S-expression, so that golden tests show shape and nothing else. It knows no node by
// name but a few short forms: everything else is printed by its properties, so that a new node cannot be forgotten.
using System.Collections;
using System.Reflection;
using System.Text;
using TickStore.Core;
using TickStore.Sql.Syntax;

namespace TickStore.Tests.Sql.Syntax;

internal static class SyntaxPrinter
{
    public static string Print(object? node) =>
        node switch
        {
            null => "null",
            Identifier name => name.Name,
            QualifiedName name => name.ToString(),
            ColumnReference column => string.Join('.', column.Parts.Select(p => p.Name)),
            NumberLiteral number => number.Form == NumberForm.Integer
                ? number.Text
                : $"{number.Form}:{number.Text}".ToLowerInvariant(),
            StringLiteral text => $"'{text.Value}'",
            BooleanLiteral flag => flag.Value ? "true" : "false",
            NullLiteral => "NULL",
            Parameter parameter => $"${parameter.Number}",
            IntervalLiteral span => Print(span.Value),
            Interval span => $"[{span.Months}mo {span.Days}d {span.Nanos}ns]",
            BinaryExpression binary => $"({Symbol(binary.Operator)} {Print(binary.Left)} {Print(binary.Right)})",
            UnaryExpression unary => $"({unary.Operator.ToString().ToLowerInvariant()} {Print(unary.Operand)})",
            TypeName type => type.Name
                + (type.Arguments.Count > 0 ? $"({string.Join(',', type.Arguments)})" : "")
                + string.Concat(type.ArrayLengths.Select(n => $"[{n}]")),
            FunctionArgument argument => argument.Name is null
                ? Print(argument.Value)
                : $"{argument.Name.Name}=>{Print(argument.Value)}",
            string text => text,
            bool flag => flag ? "yes" : "no",
            Enum value => value.ToString(),
            IEnumerable list => $"[{string.Join(' ', list.Cast<object?>().Select(Print))}]",
            SyntaxNode other => Generic(other),
            _ => node.ToString()!,
        };

    private static string Generic(SyntaxNode node)
    {
        var name = node.GetType().Name;
        foreach (var suffix in (string[])["Statement", "Expression", "Body", "Literal"])
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && name.Length > suffix.Length)
                name = name[..^suffix.Length];
        }

        var text = new StringBuilder("(").Append(char.ToLowerInvariant(name[0])).Append(name, 1, name.Length - 1);
        foreach (var property in node.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.Name is "Span")
                continue;
            var value = property.GetValue(node);
            // What was not written is not printed.
            if (value is null || (value is false && property.Name != "NullsFirst") || value is ICollection { Count: 0 })
                continue;
            text.Append(' ')
                .Append(
                    value is true ? property.Name.ToLowerInvariant()
                    : value is SyntaxNode and not Expression && value is not Query ? Print(value)
                    : $"{property.Name.ToLowerInvariant()}:{Print(value)}"
                );
        }

        return text.Append(')').ToString();
    }

    private static string Symbol(BinaryOperator op) =>
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
            BinaryOperator.IsDistinctFrom => "distinct",
            BinaryOperator.IsNotDistinctFrom => "not-distinct",
            BinaryOperator.And => "and",
            BinaryOperator.Or => "or",
        };
}
