using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;
using TickStore.Sql.Diagnostics;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Statements;

/// <summary>INSERT to a plan that yields exactly the table's columns, for the engine to run and commit.</summary>
internal sealed class Inserts(BindingSession session, TableSchema table)
{
    /// <summary>The plan; columns that the statement does not name are NULL.</summary>
    public PlanNode Bind(InsertStatement insert)
    {
        var targets = Targets(insert);
        var isPlainValues =
            insert.Source is { Body: ValuesBody, With.Count: 0, OrderBy.Count: 0, Limit: null, Offset: null };
        var source = isPlainValues
            ? Values((ValuesBody)insert.Source.Body, targets)
            : new QueryBinder(session).Bind(insert.Source).ToPlan();
        if (source.Schema.ColumnCount != targets.Length)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                insert.Source,
                $"INSERT has {targets.Length} column(s) to fill, and the query gives {source.Schema.ColumnCount}"
            );
        }

        var columns = table.Columns.Select(
            (column, i) =>
                Array.IndexOf(targets, i) is var at and >= 0
                    ? Assigned(FromBinder.ColumnOf(source, at), column, insert)
                    : new ConstantExpression(ConstantValue.Null(column.Type))
        );
        return new ProjectNode(source, [.. columns], [.. table.Columns.Select(c => c.Name)]);
    }

    private int[] Targets(InsertStatement insert)
    {
        if (insert.Columns.Count == 0)
            return [.. Enumerable.Range(0, table.Columns.Count)];
        var targets = new int[insert.Columns.Count];
        for (var i = 0; i < targets.Length; i++)
        {
            var name = insert.Columns[i];
            targets[i] = table.IndexOf(name.Name);
            if (targets[i] < 0 || targets[i] >= table.Columns.Count)
            {
                throw session.Error(
                    targets[i] < 0 ? ErrorCode.UnknownName : ErrorCode.InvalidArgument,
                    name,
                    targets[i] < 0
                        ? $"table \"{table.Name}\" has no column \"{name.Name}\""
                            + NearestName.Hint(name.Name, table.Columns.Select(c => c.Name))
                        : $"\"{name.Name}\" is written by the system"
                );
            }

            if (targets.AsSpan(0, i).Contains(targets[i]))
            {
                throw session.Error(ErrorCode.InvalidArgument, name, $"column \"{name.Name}\" is named twice");
            }
        }

        for (var c = 0; c < table.Columns.Count; c++)
        {
            if (!table.Columns[c].Nullable && !targets.Contains(c))
            {
                throw session.Error(
                    ErrorCode.NullViolation,
                    insert.Columns[0],
                    $"column \"{table.Columns[c].Name}\" is NOT NULL, and the INSERT does not name it"
                );
            }
        }

        return targets;
    }

    private BoundExpression Assigned(BoundExpression value, ColumnSchema column, InsertStatement insert)
    {
        if (value.Type == column.Type)
            return value;
        var isTextToSymbol = value.Type.IsText && column.Type == DataType.Symbol;
        return isTextToSymbol || TypeRules.CanAssign(value.Type, column.Type)
            ? new Execution.CastExpression(value, column.Type)
            : throw session.Error(
                ErrorCode.TypeMismatch,
                insert.Source,
                $"column \"{column.Name}\" is {column.Type}, and the query gives {value.Type}; write a cast"
            );
    }

    // Each literal is read as its column's type, so that an error points at the very value.
    private ValuesNode Values(ValuesBody values, int[] targets)
    {
        if (values.Rows[0].Count != targets.Length)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                values,
                $"INSERT has {targets.Length} column(s) to fill, and VALUES has {values.Rows[0].Count}"
            );
        }

        var nothing = new Relation(ConstantEvaluator.SingleRow, [], []);
        var binder = new ExpressionBinder(session, nothing, "VALUES", query => new QueryBinder(session).Bind(query));
        // Constants hold no arrays; those pass as text and are read by the cast above.
        var types = targets
            .Select(t => table.Columns[t].Type.IsArray ? DataType.Varchar : table.Columns[t].Type)
            .ToArray();
        ConstantValue[] Row(IReadOnlyList<Expression> row) =>
            [.. row.Select((value, c) => Value(binder, value, table.Columns[targets[c]], types[c]))];
        var rows = values.Rows.Select(Row).ToArray();
        return new ValuesNode(
            new BatchSchema([.. types.Select((t, i) => new ColumnSchema(table.Columns[targets[i]].Name, t))]),
            rows
        );
    }

    private ConstantValue Value(ExpressionBinder binder, Expression syntax, ColumnSchema column, DataType type)
    {
        var value = syntax is ArrayExpression array
            ? ArrayText(binder, array, column)
            : Scalar(binder, syntax, column, type);
        return value.IsNull && !column.Nullable
            ? throw session.Error(ErrorCode.NullViolation, syntax, $"column \"{column.Name}\" is NOT NULL")
            : value;
    }

    private ConstantValue Scalar(ExpressionBinder binder, Expression syntax, ColumnSchema column, DataType type)
    {
        var bound = binder.BindOpen(syntax);
        if (column.Type.IsArray)
        {
            return bound switch
            {
                UntypedText text => ConstantValue.Of(text.Value),
                UntypedNull => ConstantValue.Null(type),
                _ => throw session.Error(
                    ErrorCode.TypeMismatch,
                    syntax,
                    $"column \"{column.Name}\" is {column.Type}; write '{{1,2}}' or ARRAY[1,2]"
                ),
            };
        }

        if (
            Coercion.TypeOf(bound) is { } found
            && !TypeRules.CanAssign(found, type)
            && !(found.IsText && type == DataType.Symbol)
        )
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                syntax,
                $"column \"{column.Name}\" is {type}, not {found}; write a cast"
            );
        }

        // A new symbol is a text until the row is written.
        if (type == DataType.Symbol && Coercion.Settle(bound) is var symbol && symbol.Type == DataType.Varchar)
        {
            var value = session.Pointing(syntax.Span, () => session.Constants.Evaluate(symbol));
            return value.IsNull
                ? ConstantValue.Null(type)
                : ConstantEvaluator.SymbolOf(value.Text!, session.Catalog.Symbols);
        }

        return session.Pointing(
            syntax.Span,
            () => session.Constants.Evaluate(Coercion.To(session, bound, type, syntax.Span))
        );
    }

    private ConstantValue ArrayText(ExpressionBinder binder, ArrayExpression array, ColumnSchema column)
    {
        if (!column.Type.IsArray || array.Items.Count != column.Type.Depth)
        {
            throw session.Error(
                ErrorCode.TypeMismatch,
                array,
                $"column \"{column.Name}\" is {column.Type}, and the array has {array.Items.Count} value(s)"
            );
        }

        var items = array.Items.Select(item =>
        {
            var typed = Coercion.To(session, binder.BindOpen(item), column.Type.Element, item.Span);
            var text = new Execution.CastExpression(typed, DataType.Varchar);
            return session.Pointing(item.Span, () => session.Constants.Evaluate(text)).Text
                ?? throw session.Error(ErrorCode.NullViolation, item, "a level of an array cannot be NULL");
        });
        return ConstantValue.Of($"{{{string.Join(',', items)}}}");
    }
}
