using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Syntax;

namespace TickStore.Sql.Binding;

/// <summary>The select list as columns, DISTINCT, and the order.</summary>
internal sealed partial class SelectBinder
{
    /// <summary>DISTINCT ON: the first row of each key in the order of ORDER BY.</summary>
    private FilterNode DistinctOn(PlanNode plan, BoundExpression[] on, SortKey[] keys, IReadOnlyList<SortKey> tieBreak)
    {
        if (select.DistinctOn.Count > keys.Length && keys.Length > 0)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                select.DistinctOn[0],
                "ORDER BY must begin with the expressions of DISTINCT ON"
            );
        }

        for (var i = 0; i < on.Length && keys.Length > 0; i++)
        {
            if (!on.Contains(keys[i].Expression))
            {
                throw session.Error(
                    ErrorCode.InvalidArgument,
                    select.DistinctOn[0],
                    "ORDER BY must begin with the expressions of DISTINCT ON"
                );
            }
        }

        return FirstOfEach(plan, on, [.. keys.Skip(on.Length)], tieBreak);
    }

    private BoundQuery Finish(
        PlanNode plan,
        Func<BoundExpression, BoundExpression> onto,
        SortKey[] keys,
        IReadOnlyList<SortItem> orderBy,
        RowLimit limit,
        (BoundExpression? Time, BoundExpression? Sequence) order
    )
    {
        var columns = new List<BoundExpression>();
        var names = new List<string>();
        ColumnExpression Append(BoundExpression value, string name)
        {
            columns.Add(value);
            names.Add(name);
            return new ColumnExpression(columns.Count - 1, name, value.Type, value.Nullable);
        }

        ColumnExpression FindOrAppend(BoundExpression value, string name)
        {
            var index = columns.IndexOf(value);
            return index < 0
                ? Append(value, name)
                : new ColumnExpression(index, names[index], value.Type, value.Nullable);
        }

        var output = items
            .Select(item => new OutputColumn(
                item.Name,
                onto(item.Value) switch
                {
                    StructExpression fields => fields with
                    {
                        Fields = [.. fields.Fields.Select((f, i) => Append(f, $"{item.Name}.{fields.Names[i]}"))],
                    },
                    var value => Append(value, item.Name),
                }
            ))
            .ToArray();
        if (select.Distinct)
            RequireSelected(keys, columns, orderBy);

        keys = [.. keys.Select((k, i) => k with { Expression = FindOrAppend(k.Expression, $"order{i + 1}") })];
        var time = order.Time is null ? null : FindOrAppend(onto(order.Time), "event_time");
        var sequence = order.Sequence is null ? null : FindOrAppend(onto(order.Sequence), "sequence");
        plan = new ProjectNode(plan, columns, names);
        if (select.Distinct)
            plan = SetOperations.Distinct(plan);
        return new BoundQuery(QueryBinder.Cut(plan, keys, limit), output, time, sequence)
        {
            Clock = time is null ? null : relation.TimeTable?.Clock,
        };
    }

    private void RequireSelected(SortKey[] keys, List<BoundExpression> columns, IReadOnlyList<SortItem> orderBy)
    {
        var missing = Array.FindIndex(keys, k => !columns.Contains(k.Expression));
        if (missing >= 0)
        {
            throw session.Error(
                ErrorCode.InvalidArgument,
                orderBy[missing],
                "with SELECT DISTINCT, ORDER BY takes only columns of the select list"
            );
        }
    }
}
