using TickStore.Core;
using TickStore.Execution;
using TickStore.Sql.Binding;

namespace TickStore.Sql.Optimizer;

/// <summary>
/// Leaves out columns that nobody reads, from the scan upwards, and projections that change nothing.
/// </summary>
internal static class ColumnPruning
{
    /// <summary>The plan with the same output columns.</summary>
    public static PlanNode Run(PlanNode plan)
    {
        var all = new SortedSet<int>(Enumerable.Range(0, plan.Schema.ColumnCount));
        return Exactly(Prune(plan, all), [.. all]);
    }

    // A plan, and for each old column its new index, or -1 where it is gone.
    private readonly record struct Pruned(PlanNode Plan, int[] Map);

    // The wanted columns and no others, in this order.
    private static PlanNode Exactly(Pruned pruned, int[] wanted)
    {
        var plan = pruned.Plan;
        var isSame =
            wanted.Length == plan.Schema.ColumnCount && !wanted.Where((column, i) => pruned.Map[column] != i).Any();
        if (isSame)
            return plan;
        var columns = wanted.Select(c => FromBinder.ColumnOf(plan, pruned.Map[c])).ToArray();
        return new ProjectNode(plan, columns, [.. columns.Select(c => c.Name)]);
    }

    private static Pruned Prune(PlanNode node, SortedSet<int> wanted) =>
        node switch
        {
            ScanNode scan => Scan(scan, wanted),
            ProjectNode project => Project(project, wanted),
            AggregateNode aggregate => Aggregate(aggregate, wanted),
            WindowNode window => Window(window, wanted),
            ContextNode context => Context(context, wanted),
            UnionAllNode union => Union(union, wanted),
            JoinNode or AsofJoinNode => Join(node, wanted),
            WindowJoinNode join => WindowJoin(join, wanted),
            IndexNode or AlertNode => new Pruned(
                node.WithInputs([.. node.Inputs.Select(Run)]),
                [.. Enumerable.Range(0, node.Schema.ColumnCount)]
            ),
            ValuesNode or KeyedScanNode => new Pruned(node, [.. Enumerable.Range(0, node.Schema.ColumnCount)]),
            _ => PassThrough(node, wanted),
        };

    private static int[] MapOf(int oldCount, IEnumerable<int> kept)
    {
        var map = new int[oldCount];
        Array.Fill(map, -1);
        var next = 0;
        foreach (var column in kept)
            map[column] = next++;
        return map;
    }

    private static SortedSet<int> Reads(PlanNode node, int input)
    {
        var columns = new SortedSet<int>();
        PlanExpressions.Map(
            node,
            node.Inputs,
            (expression, reads) =>
            {
                if (reads == input)
                    ExpressionTree.CollectColumns(expression, columns);
                return expression;
            }
        );
        return columns;
    }

    private static PlanNode Rebuild(PlanNode node, params Pruned[] inputs) =>
        PlanExpressions.Map(
            node,
            [.. inputs.Select(i => i.Plan)],
            (expression, input) => ExpressionTree.Remap(expression, inputs[input].Map)
        );

    private static Pruned Scan(ScanNode scan, SortedSet<int> wanted)
    {
        var request = scan.Request;
        // Rows are counted by a column; the cluster column is the cheapest to read.
        if (wanted.Count == 0)
        {
            var table = scan.Source.Schema;
            var cheapest = table.ClusterColumn >= 0 ? table.ClusterColumn : table.TimeIndex;
            wanted = [Math.Max(0, request.Columns.ToList().IndexOf(cheapest))];
        }

        var pruned = scan.WithRequest(
            new ScanRequest
            {
                Columns = [.. wanted.Select(c => request.Columns[c])],
                Symbols = request.Symbols,
                TimeFrom = request.TimeFrom,
                TimeTo = request.TimeTo,
                Predicates = request.Predicates,
                Order = request.Order,
            }
        );
        return new Pruned(pruned, MapOf(request.Columns.Count, wanted));
    }

    private static Pruned PassThrough(PlanNode node, SortedSet<int> wanted)
    {
        var reads = Reads(node, 0);
        reads.UnionWith(wanted);
        var input = Prune(node.Inputs[0], reads);
        return new Pruned(Rebuild(node, input), input.Map);
    }

    private static Pruned Project(ProjectNode project, SortedSet<int> wanted)
    {
        if (wanted.Count == 0)
            wanted = [0];
        int[] kept = [.. wanted];
        var narrowed = new ProjectNode(
            project.Inputs[0],
            [.. kept.Select(i => project.Expressions[i])],
            [.. kept.Select(i => project.Names[i])]
        );
        var input = Prune(narrowed.Inputs[0], Reads(narrowed, 0));
        return new Pruned(Simplify((ProjectNode)Rebuild(narrowed, input)), MapOf(project.Expressions.Count, kept));
    }

    private static PlanNode Simplify(ProjectNode project)
    {
        if (project.Inputs[0] is ProjectNode inner && inner.Expressions.All(e => e is ColumnExpression))
        {
            var merged = project
                .Expressions.Select(e =>
                    ExpressionTree.Rewrite(e, x => x is ColumnExpression c ? inner.Expressions[c.Index] : null)
                )
                .ToArray();
            project = new ProjectNode(inner.Inputs[0], merged, project.Names);
        }

        var input = project.Inputs[0];
        var changesNothing =
            project.Expressions.Count == input.Schema.ColumnCount
            && !project
                .Expressions.Where(
                    (e, i) => e is not ColumnExpression c || c.Index != i || input.Schema[i].Name != project.Names[i]
                )
                .Any();
        return changesNothing ? input : project;
    }

    private static Pruned Aggregate(AggregateNode aggregate, SortedSet<int> wanted)
    {
        var keyCount = aggregate.Keys.Count;
        int[] kept = [.. Enumerable.Range(0, keyCount), .. wanted.Where(c => c >= keyCount)];
        // Without keys and aggregates it would be no aggregation.
        if (kept.Length == 0)
            kept = [0];
        var narrowed = new AggregateNode(
            aggregate.Inputs[0],
            aggregate.Keys,
            [.. kept.Where(c => c >= keyCount).Select(c => aggregate.Aggregates[c - keyCount])],
            [.. kept.Select(c => aggregate.Names[c])]
        );
        var input = Prune(narrowed.Inputs[0], Reads(narrowed, 0));
        return new Pruned(Rebuild(narrowed, input), MapOf(aggregate.Schema.ColumnCount, kept));
    }

    private static Pruned Window(WindowNode window, SortedSet<int> wanted)
    {
        var width = window.Inputs[0].Schema.ColumnCount;
        int[] calls = [.. wanted.Where(c => c >= width).Select(c => c - width)];
        if (calls.Length == 0)
        {
            var below = Prune(window.Inputs[0], wanted);
            return new Pruned(below.Plan, Padded(below.Map, window));
        }

        var narrowed = new WindowNode(
            window.Inputs[0],
            window.PartitionBy,
            window.OrderBy,
            [.. calls.Select(c => window.Calls[c])],
            [.. calls.Select(c => window.Names[c])],
            window.TieBreak
        );
        var reads = Reads(narrowed, 0);
        reads.UnionWith(wanted.Where(c => c < width));
        var input = Prune(narrowed.Inputs[0], reads);
        var map = Padded(input.Map, window);
        for (var i = 0; i < calls.Length; i++)
            map[width + calls[i]] = input.Plan.Schema.ColumnCount + i;
        return new Pruned(Rebuild(narrowed, input), map);
    }

    // A call is wanted where the query or a later call reads it.
    private static Pruned Context(ContextNode context, SortedSet<int> wanted)
    {
        var width = context.Inputs[0].Schema.ColumnCount;
        var needed = new SortedSet<int>(wanted);
        for (var i = context.Calls.Count - 1; i >= 0; i--)
        {
            if (!needed.Contains(width + i))
                continue;
            foreach (var argument in context.Calls[i].Arguments)
                ExpressionTree.CollectColumns(argument, needed);
        }

        int[] calls = [.. needed.Where(c => c >= width).Select(c => c - width)];
        if (calls.Length == 0)
        {
            var below = Prune(context.Inputs[0], wanted);
            return new Pruned(below.Plan, Padded(below.Map, context));
        }

        var narrowed = new ContextNode(
            context.Inputs[0],
            context.Keys,
            context.Reset,
            context.Time,
            context.Sequence,
            [.. calls.Select(c => context.Calls[c])],
            [.. calls.Select(c => context.Names[c])]
        );
        var reads = Reads(narrowed, 0);
        reads.UnionWith(needed.Where(c => c < width));
        var input = Prune(context.Inputs[0], reads);
        var map = Padded(input.Map, context);
        for (var i = 0; i < calls.Length; i++)
            map[width + calls[i]] = input.Plan.Schema.ColumnCount + i;
        return new Pruned(Rebuild(narrowed, input, input, new Pruned(context, map)), map);
    }

    private static int[] Padded(int[] map, PlanNode node) =>
        [.. map, .. Enumerable.Repeat(-1, node.Schema.ColumnCount - map.Length)];

    private static Pruned Union(UnionAllNode union, SortedSet<int> wanted)
    {
        if (wanted.Count == 0)
            wanted = [0];
        int[] kept = [.. wanted];
        var inputs = union.Inputs.Select(i => Exactly(Prune(i, wanted), kept)).ToArray();
        return new Pruned(new UnionAllNode(inputs), MapOf(union.Schema.ColumnCount, kept));
    }

    private static Pruned Join(PlanNode join, SortedSet<int> wanted)
    {
        var width = join.Inputs[0].Schema.ColumnCount;
        var both = Reads(join, 2);
        both.UnionWith(wanted);
        var (leftReads, rightReads) = (Reads(join, 0), Reads(join, 1));
        leftReads.UnionWith(both.Where(c => c < width));
        rightReads.UnionWith(both.Where(c => c >= width).Select(c => c - width));
        var (left, right) = (Prune(join.Inputs[0], leftReads), Prune(join.Inputs[1], rightReads));
        var shift = left.Plan.Schema.ColumnCount;
        int[] map = [.. left.Map, .. right.Map.Select(c => c < 0 ? -1 : c + shift)];
        return new Pruned(Rebuild(join, left, right, new Pruned(join, map)), map);
    }

    private static Pruned WindowJoin(WindowJoinNode join, SortedSet<int> wanted)
    {
        var width = join.Inputs[0].Schema.ColumnCount;
        int[] calls = [.. wanted.Where(c => c >= width).Select(c => c - width)];
        if (calls.Length == 0)
        {
            var below = Prune(join.Inputs[0], wanted);
            return new Pruned(below.Plan, Padded(below.Map, join));
        }

        var narrowed = new WindowJoinNode(
            join.Inputs[0],
            join.Inputs[1],
            join.LeftKeys,
            join.RightKeys,
            join.LeftTime,
            join.RightTime,
            join.StartNanos,
            join.EndNanos,
            join.IncludesPrevailing,
            [.. calls.Select(c => join.Aggregates[c])],
            [.. calls.Select(c => join.Names[c])],
            join.RightTies
        );
        var both = Reads(narrowed, 3);
        var (leftReads, rightReads) = (Reads(narrowed, 0), Reads(narrowed, 1));
        leftReads.UnionWith(wanted.Where(c => c < width));
        leftReads.UnionWith(both.Where(c => c < width));
        rightReads.UnionWith(both.Where(c => c >= width).Select(c => c - width));
        var (left, right) = (Prune(join.Inputs[0], leftReads), Prune(join.Inputs[1], rightReads));
        var shift = left.Plan.Schema.ColumnCount;
        int[] sideBySide = [.. left.Map, .. right.Map.Select(c => c < 0 ? -1 : c + shift)];
        var map = Padded(left.Map, join);
        for (var i = 0; i < calls.Length; i++)
            map[width + calls[i]] = shift + i;
        // An expression over both inputs is the fourth kind that Map knows.
        var moved = new Pruned(join, sideBySide);
        return new Pruned(Rebuild(narrowed, left, right, moved, moved), map);
    }
}
